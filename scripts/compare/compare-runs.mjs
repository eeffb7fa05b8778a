/**
 * `npm run bench -- compare-runs`: makes the runs that docs/compare keeps, and writes the figures of docs/compare.md
 * from them. Refuses on a machine that is too busy, before and after.
 */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root, run, StepFailure, step } from '../steps.mjs'
import { readKeptRuns, renderFigures } from './figures.mjs'
import { measureNoise, refusal } from './noise.mjs'
import { runs } from './runs.mjs'

const folder = join(root, 'docs/compare')
const page = join(root, 'docs/compare.md')
const mostBytes = 64 * 1024 * 1024

export async function makeCompareRuns() {
  const noise = await step('how busy this machine is', quietMachine)
  const results = []
  for (const { name, args } of runs) {
    const text = await step(`dovetail compare, ${name}`, () => compared(args))
    requireVerdict(name, JSON.parse(text))
    results.push([name, text])
  }
  // Nothing is written before all are made: the files and the page are of one hour on one machine.
  for (const [name, text] of [...results, ['noise', JSON.stringify(noise)]]) {
    await writeFile(join(folder, `${name}.json`), `${text.trim()}\n`)
  }
  await run(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'format', '--write', 'docs/compare'])
  await writeFile(page, renderFigures(await readFile(page, 'utf8'), await readKeptRuns(folder)))
}

async function quietMachine() {
  const noise = await measureNoise()
  const fault = refusal(noise)
  if (fault !== null) throw new StepFailure(fault)
  return noise
}

async function compared(args) {
  const command = [join(root, 'packages/cli/bin/dovetail.js'), 'compare', ...args, '--json']
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: mostBytes })
  return stdout
}

function requireVerdict(name, { contenders, verdict }) {
  const disturbed = contenders.filter(({ marks }) => marks.includes('unreliable')).map((each) => each.name)
  if (verdict.isTooBusy || disturbed.length > 0) {
    throw new StepFailure(
      `${name}: ${disturbed.join(', ')} could not be measured undisturbed. Stop what else runs here.`,
    )
  }
}
