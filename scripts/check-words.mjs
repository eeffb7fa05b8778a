/**
 * `check-words.mjs [FOLDER]`: the retired words of docs/architecture.md's glossary do not come back. It reads the names
 * that code declares (by the syntax tree, so that neither strings nor comments count), the names of files, and the
 * prose of README.md and docs/*.md without its code. scripts/retired-words.json maps each word to what to say instead:
 * `parts` are retired as a part of any name (`onBell`, `bell_rings`, `bell-link.ts`), `names` only as a whole name
 * (`look`, not `lookahead`), `prose` in documents. scripts/word-exceptions.json lists what may stay, with a reason each:
 * `allowed` one word in one file, or in all (`*`), and `pending` folders that are still to be renamed. An exception that
 * nothing needs any more is red.
 */
import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { root, runScript, StepFailure } from './steps.mjs'

/** Files in which `room` is allowed: a presence room is its only meaning. */
const presence = /(^|[/-])presence/
const { parts, names, prose } = JSON.parse(readFileSync(new URL('retired-words.json', import.meta.url), 'utf8'))

const code = /\.(ts|tsx|mjs|cjs)$/
const skipped = new Set(['node_modules', 'dist', 'artifacts', 'coverage', 'data', '.git', 'public'])

await runScript(async () => {
  const folder = resolve(process.argv[2] ?? root)
  const { pending, allowed } = JSON.parse(await readFile(join(folder, 'scripts/word-exceptions.json'), 'utf8'))
  const unused = new Set([...Object.keys(pending), ...Object.keys(allowed)])
  const faults = new Set()
  const files = await filesUnder(folder)
  for (const file of files) {
    for (const { name, say } of await retiredIn(folder, file)) {
      const exception = [`${file} ${name}`, `* ${name}`].find((key) => allowed[key])
      const area = Object.keys(pending).find((each) => file.startsWith(each))
      unused.delete(exception ?? area)
      if (exception === undefined && area === undefined) faults.add(`${file}: "${name}" is retired; say ${say}`)
    }
  }
  for (const entry of unused) faults.add(`${entry}: an exception that nothing needs`)
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  if (files.length === 0) throw new StepFailure('no file was looked at')
  if (faults.size > 0) throw new StepFailure(`${faults.size} retired words`)
})

/** @param {string} folder */
async function filesUnder(folder, at = folder) {
  const files = []
  for (const entry of await readdir(at, { withFileTypes: true })) {
    const path = join(at, entry.name)
    if (entry.isDirectory() && !skipped.has(entry.name)) files.push(...(await filesUnder(folder, path)))
    else if (entry.isFile() && (code.test(entry.name) || isProse(relative(folder, path))))
      files.push(relative(folder, path))
  }
  return files.sort()
}

/** @param {string} file */
function isProse(file) {
  // The changelog names what was renamed.
  return file === 'README.md' || /^docs\/.*\.md$/.test(file)
}

/**
 * @param {string} folder
 * @param {string} file
 * @returns {Promise<{ name: string, say: string }[]>}
 */
async function retiredIn(folder, file) {
  const text = await readFile(join(folder, file), 'utf8')
  if (isProse(file)) return retiredInProse(text)
  const isPresence = presence.test(file)
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  return [fileName(file), ...declaredIn(source)].flatMap((name) => retired(name, isPresence))
}

/** @param {string} file */
function fileName(file) {
  return basename(file).replace(/\..*$/, '')
}

/** The names that a file declares. Names that it only uses are declared elsewhere. */
function declaredIn(source) {
  const found = []
  visit(source)
  return found

  function visit(node) {
    const { name } = node
    const isUse =
      ts.isPropertyAccessExpression(node) || ts.isMetaProperty(node) || ts.isShorthandPropertyAssignment(node)
    if (name && !isUse && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name))) found.push(name.text)
    ts.forEachChild(node, visit)
  }
}

/**
 * @param {string} name
 * @param {boolean} isPresence
 */
function retired(name, isPresence) {
  const whole = name.replace(/^[#_]+/, '')
  const lower = whole.charAt(0).toLowerCase() + whole.slice(1)
  const word = whole
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_$-]+/)
    .map((part) => singular(part.toLowerCase()))
    .find((part) => Object.hasOwn(parts, part))
  if (word !== undefined) return [{ name, say: parts[word] }]
  if (Object.hasOwn(names, lower)) return [{ name, say: names[lower] }]
  return lower === 'room' && !isPresence ? [{ name, say: 'capacity, or what it is' }] : []
}

/** @param {string} word */
function singular(word) {
  if (word === 'shelves') return 'shelf'
  if (word === 'buried' || word === 'buries') return 'bury'
  return Object.hasOwn(parts, word) ? word : word.replace(/(s|ed)$/, '')
}

/** @param {string} text */
function retiredInProse(text) {
  const plain = text
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/<[^>]*>/g, '')
  const found = plain.match(new RegExp(`\\b(${prose.join('|')})s?\\b`, 'gi')) ?? []
  return found.map((name) => ({ name: name.toLowerCase(), say: parts[singular(name.toLowerCase())] ?? 'a plain word' }))
}
