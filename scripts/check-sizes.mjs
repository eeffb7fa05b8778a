/**
 * `check-sizes.mjs [FOLDER]`: no file over 300 lines, no function over 50, no folder of more than 20 source files. Exceptions stand in
 * scripts/size-exceptions.json, each with its reason; one that is no longer needed is red too.
 */
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { root, runScript, StepFailure } from './steps.mjs'

const fileLines = 300
const functionLines = 50
const folderFiles = 20

/** Names of source files written by hand. */
const code = /\.(ts|tsx|mjs|cjs|css)$/
const skipped = new Set(['node_modules', 'dist', 'artifacts', 'coverage', 'data', '.git'])

await runScript(async () => {
  const folder = resolve(process.argv[2] ?? root)
  const exceptions = JSON.parse(await readFile(join(folder, 'scripts/size-exceptions.json'), 'utf8'))
  const unused = new Set([...Object.keys(exceptions.files), ...Object.keys(exceptions.functions)])
  const faults = []
  const files = await codeUnder(folder)
  for (const file of files) {
    for (const { kind, name, lines, limit } of await tooLong(join(folder, file), file)) {
      unused.delete(name)
      if (!exceptions[kind][name]) faults.push(`${name}: ${lines} lines, over ${limit}`)
    }
  }
  for (const [name, count] of countByFolder(files)) {
    if (count > folderFiles) faults.push(`${name}: ${count} source files, over ${folderFiles}`)
  }
  for (const name of unused) faults.push(`${name}: an exception that nothing needs`)
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  if (files.length === 0) throw new StepFailure('no file was looked at')
  if (faults.length > 0) throw new StepFailure(`${faults.length} over the budget of sizes`)
})

/** @param {readonly string[]} files */
function countByFolder(files) {
  const counts = new Map()
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  return counts
}

/** @param {string} folder */
async function codeUnder(folder, at = folder) {
  const files = []
  for (const entry of await readdir(at, { withFileTypes: true })) {
    const path = join(at, entry.name)
    if (entry.isDirectory() && !skipped.has(entry.name)) files.push(...(await codeUnder(folder, path)))
    else if (entry.isFile() && code.test(entry.name)) files.push(relative(folder, path))
  }
  return files.sort()
}

/**
 * @param {string} path
 * @param {string} file its name in messages and exceptions
 */
async function tooLong(path, file) {
  const text = await readFile(path, 'utf8')
  const lines = text.split('\n').length - 1
  const found = lines > fileLines ? [{ kind: 'files', name: file, lines, limit: fileLines }] : []
  if (file.endsWith('.css')) return found
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  visit(source)
  return found

  function visit(node) {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && !isSuite(node)) {
      const start = source.getLineAndCharacterOfPosition(node.getStart()).line
      const length = source.getLineAndCharacterOfPosition(node.end).line - start + 1
      if (length > functionLines) {
        found.push({ kind: 'functions', name: `${file} ${nameOf(node)}`, lines: length, limit: functionLines })
      }
    }
    ts.forEachChild(node, visit)
  }
}

/** Whether a function is a list of tests (`describe`, or a contract suite's body): then the limit holds for each test. */
function isSuite(node) {
  let suite = false
  ts.forEachChild(node.body, function search(child) {
    if (ts.isCallExpression(child)) suite ||= /^(describe|test|it)\b/.test(child.expression.getText())
    if (!ts.isFunctionLike(child)) ts.forEachChild(child, search)
  })
  return suite
}

function nameOf(node) {
  const named = node.name ?? node.parent?.name ?? node.parent?.expression
  return named ? named.getText().split('\n')[0] : '(anonymous)'
}
