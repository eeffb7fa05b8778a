/**
 * `npm run release`: builds the packages with types, packs them, checks each tarball with publint and
 * `@arethetypeswrong/cli`, makes them a second time from a copy of the sources and compares the bytes, writes a bill of
 * materials of each, installs them into empty projects in a temporary folder, and uses them there: by `import` and
 * `require`, by the compiler, in Node 20 to 26, Bun, Deno and workerd, and in a page built by Vite. It publishes nothing. `npm run release -- --publish` does the same and then publishes to the registry that npm is set to.
 * `--keep FOLDER` leaves the tarballs and the bills in FOLDER.
 */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { install } from './install.mjs'
import { npm } from './npm.mjs'
import { checkTarballs } from './release/check-tarballs.mjs'
import { checkReproducible } from './release/reproduce.mjs'
import { makeBills } from './release/sbom.mjs'
import { useTarballs } from './release/use-tarballs.mjs'
import { run, runScript, step } from './steps.mjs'

await runScript(async () => {
  const { values } = parseArgs({
    options: { publish: { type: 'boolean', default: false }, keep: { type: 'string' } },
  })
  await step('one version everywhere', () => run(process.execPath, ['scripts/check-versions.mjs']))
  await install('test')
  const { packAll } = await import('./release/pack.mjs')
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-release-'))
  try {
    const tarballs = await packAll(folder)
    await checkTarballs(tarballs, join(folder, 'checkers'))
    await checkReproducible(tarballs, folder, join(folder, 'again'))
    const bills = await makeBills(tarballs, folder, join(folder, 'bills'))
    await useTarballs(tarballs, join(folder, 'projects'))
    const { useInRuntimes } = await import('./outside/runtimes.mjs')
    process.stderr.write(`${await useInRuntimes(tarballs, join(folder, 'runtimes'))}\n`)
    const { useTemplates } = await import('./outside/templates.mjs')
    await useTemplates(['react'], tarballs, folder)
    if (values.keep !== undefined) await keep([...tarballs.map(({ file }) => file), ...bills], resolve(values.keep))
    if (values.publish) await publish(tarballs)
    const verdict = values.publish ? 'published' : 'packed and used; nothing was published (--publish does it)'
    process.stdout.write(`${tarballs.map(({ name, version }) => `${name}@${version}`).join(', ')}: ${verdict}\n`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

async function keep(files, folder) {
  await mkdir(folder, { recursive: true })
  for (const file of files) await cp(file, join(folder, basename(file)))
}

/** In the order of the packages, so that none is published before those that it depends on. */
async function publish(tarballs) {
  for (const { file, name, version } of tarballs) {
    await step(`publishing ${name}@${version}`, () => npm(['publish', file, '--access', 'public']))
  }
}
