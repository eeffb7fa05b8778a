/**
 * `check-rules.mjs [FOLDER]`: every rule of docs/protocol.md is cited by a test's title, and every rule that a title
 * cites exists. A rule is a line or table row that begins with its id in bold: **CUR1**. A port's contract suite has
 * rules of its own: its titles are their text, under a prefix that the page does not use.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { root, runScript, StepFailure } from './steps.mjs'

const pageRule = /^\s*(?:[-*|]\s*|\d+\.\s+)*\*\*([A-Z]{2,4}\d+)\*\*/gm
/** `[CUR1]`, `[CUR1, CUR2]`, `[CUR1] [CUR2]` at the start of a string that is a call's first argument. */
const title = /\(\s*['"`]((?:\[[A-Z]{1,4}\d+[A-Z0-9, ]*\]\s*)+)/g
const id = /[A-Z]{2,4}\d+/g

await runScript(async () => {
  const folder = resolve(process.argv[2] ?? root)
  const faults = []
  const known = new Map()
  for (const [, rule] of (await readFile(join(folder, 'docs/protocol.md'), 'utf8')).matchAll(pageRule)) {
    if (known.has(rule)) faults.push(`${rule}: declared twice`)
    known.set(rule, 'docs/protocol.md')
  }
  if (known.size === 0) throw new StepFailure('docs/protocol.md declares no rule')
  const prefixes = new Set([...known.keys()].map(prefixOf))

  const cited = new Map()
  for (const file of await testsUnder(folder)) {
    for (const rule of citedIn(await readFile(join(folder, file), 'utf8'))) {
      cited.set(rule, file)
      if (file.endsWith('.contract.ts') && !prefixes.has(prefixOf(rule))) known.set(rule, file)
    }
  }
  for (const rule of known.keys()) if (!cited.has(rule)) faults.push(`${rule}: no test cites it`)
  for (const [rule, file] of cited) if (!known.has(rule)) faults.push(`${rule}: cited by ${file}, declared nowhere`)
  for (const fault of faults.sort()) process.stderr.write(`${fault}\n`)
  if (faults.length > 0) throw new StepFailure(`${faults.length} rules and tests do not meet`)
})

/** @param {string} rule */
function prefixOf(rule) {
  return rule.replace(/\d+$/, '')
}

/** @param {string} text */
function citedIn(text) {
  return [...text.matchAll(title)].flatMap(([, ids]) => ids.match(id) ?? [])
}

/** @returns {Promise<string[]>} paths of tests and suites, from `folder` */
async function testsUnder(folder, at = folder) {
  const files = []
  for (const entry of await readdir(at, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name === '.git') continue
    const path = join(at, entry.name)
    if (entry.isDirectory()) files.push(...(await testsUnder(folder, path)))
    else if (/\.(test|contract|suite)\.tsx?$/.test(entry.name)) files.push(relative(folder, path))
  }
  return files.sort()
}
