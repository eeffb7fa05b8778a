/** `npm run check`: all static checks. Every check runs, and the command fails if one of them fails. */
import { run, runScript, StepFailure, step } from './steps.mjs'

/** Maps each check's title to the arguments of node. */
const checks = {
  'format and lint (biome)': ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  'types (tsc)': [
    'node_modules/typescript/bin/tsc',
    '-p',
    '.',
    '--incremental',
    '--tsBuildInfoFile',
    'node_modules/.cache/dovetail.tsbuildinfo',
  ],
  'imports: who may import whom': ['scripts/check-imports.mjs'],
  'sizes: files and functions': ['scripts/check-sizes.mjs'],
  'words: retired ones do not come back': ['scripts/check-words.mjs'],
  'versions: one everywhere': ['scripts/check-versions.mjs'],
  'licences and install scripts of what is installed': ['scripts/release/check-licences.mjs'],
  'wire: no JSON by hand': ['scripts/check-wire.mjs'],
  'rules: docs/protocol.md and the tests that cite it': ['scripts/check-rules.mjs'],
}

await runScript(async () => {
  const failed = []
  for (const [title, args] of Object.entries(checks)) {
    await step(title, () => run(process.execPath, args)).catch((error) => {
      if (!(error instanceof StepFailure)) throw error
      failed.push(title)
    })
  }
  if (failed.length > 0) throw new StepFailure(`red: ${failed.join('; ')}`)
})
