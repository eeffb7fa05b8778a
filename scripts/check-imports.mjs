/** `check-imports.mjs [FOLDER]`: checks the imports in FOLDER/packages by .dependency-cruiser.cjs; prints each import that breaks a rule. */
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { cruise } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { root, runScript, StepFailure } from './steps.mjs'

await runScript(async () => {
  const { forbidden, folders, tests, options } = createRequire(import.meta.url)(`${root}.dependency-cruiser.cjs`)
  const files = await violationsOf({ forbidden }, options)
  const exclude = { path: `${options.exclude.path}|${tests}` }
  const rings = await violationsOf({ forbidden: folders }, { ...options, exclude, metrics: true })
  for (const { rule, from, to, cycle } of [...files, ...rings]) {
    const path = cycle ? cycle.map((step) => step.name).join(' → ') : to
    process.stderr.write(`${from} → ${path}: ${rule.name}\n`)
  }
  const broken = files.length + rings.length
  if (broken > 0) throw new StepFailure(`${broken} imports break a rule`)
})

async function violationsOf(ruleSet, { enhancedResolveOptions, ...options }) {
  const { output } = await cruise(
    ['packages'],
    { ...options, baseDir: resolve(process.argv[2] ?? root), ruleSet, validate: true },
    enhancedResolveOptions,
    { tsConfig: extractTSConfig(`${root}tsconfig.json`) },
  )
  if (output.summary.totalCruised === 0) throw new StepFailure('no file was looked at')
  return output.summary.violations
}
