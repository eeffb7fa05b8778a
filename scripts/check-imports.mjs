/** `check-imports.mjs [FOLDER]`: holds .dependency-cruiser.cjs against FOLDER/packages; prints each import that breaks a rule. */
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { cruise } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { root, runScript, StepFailure } from './steps.mjs'

await runScript(async () => {
  const { forbidden, options } = createRequire(import.meta.url)(`${root}.dependency-cruiser.cjs`)
  const { enhancedResolveOptions, ...cruiseOptions } = options
  const { output } = await cruise(
    ['packages'],
    { ...cruiseOptions, baseDir: resolve(process.argv[2] ?? root), ruleSet: { forbidden }, validate: true },
    enhancedResolveOptions,
    { tsConfig: extractTSConfig(`${root}tsconfig.json`) },
  )
  const { violations, totalCruised } = output.summary
  for (const { rule, from, to, cycle } of violations) {
    const path = cycle ? cycle.map((step) => step.name).join(' → ') : to
    process.stderr.write(`${from} → ${path}: ${rule.name}\n`)
  }
  if (totalCruised === 0) throw new StepFailure('no file was looked at')
  if (violations.length > 0) throw new StepFailure(`${violations.length} imports break a rule`)
})
