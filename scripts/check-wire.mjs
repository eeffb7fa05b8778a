/**
 * `check-wire.mjs [FOLDER]`: no JSON is written by hand in the server outside `wire/`. A template string or a text that
 * holds a member's name and its colon is JSON that no type checks: the builders of `wire/` are called instead. Tests
 * and migrations, which quote JSON, are left out, and so are the stores' scripts in other languages.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { root, runScript, StepFailure } from './steps.mjs'

const server = 'packages/server/src'
const isOwnBuilder = /^wire\//
const isQuoting = /(\.(test|contract|fixture)\.ts$|^stores\/[^/]+\/(migrations|scripts)\/)/
/** Matches the start of an object with its first member, a member's name and colon, or an object's end. Sent JSON has no spaces. */
const memberOfJson = /\{"|":(?:$|["[{\d])|","|"\}/

await runScript(async () => {
  const folder = join(resolve(process.argv[2] ?? root), server)
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts')).sort()
  if (files.length === 0) throw new StepFailure('no file was looked at')
  const faults = []
  for (const file of files) {
    if (isOwnBuilder.test(file) || isQuoting.test(file)) continue
    faults.push(...(await jsonByHand(join(folder, file))).map((fault) => `${server}/${file}${fault}`))
  }
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  if (faults.length > 0)
    throw new StepFailure(`${faults.length} texts of JSON by hand: packages/server/src/wire has the builders`)
})

/** @param {string} path */
async function jsonByHand(path) {
  const source = ts.createSourceFile(relative(root, path), await readFile(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const found = []
  visit(source)
  return found

  function visit(node) {
    const isText = ts.isStringLiteral(node) || ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)
    if (isText && texts(node).some((text) => memberOfJson.test(text))) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push(`:${line + 1}: ${node.getText().slice(0, 60)}`)
    }
    ts.forEachChild(node, visit)
  }
}

/** The literal parts of a text, between its substitutions. */
function texts(node) {
  if (!ts.isTemplateExpression(node)) return [node.text]
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]
}
