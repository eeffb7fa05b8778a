/**
 * Checks each tarball with publint and with "are the types wrong". Both are installed in a folder of their own, not
 * among the development packages: the second brings a TypeScript of its own, and only a release needs them.
 */
import { join } from 'node:path'
import { run, step } from '../steps.mjs'
import { installTools } from './tools.mjs'

const checkers = { publint: '0.3.25', '@arethetypeswrong/cli': '0.18.5' }

/** Which ways of importing have to work: TypeScript's `node10` reads no `exports`, so it is asked of none. */
const profiles = { both: 'node16', wrapped: 'node16', esm: 'esm-only' }

/**
 * @param {readonly import('./pack.mjs').Tarball[]} tarballs
 * @param {string} folder where the checkers are installed
 */
export async function checkTarballs(tarballs, folder) {
  await step('installing publint and attw', () => installTools(folder, checkers))
  const bin = join(folder, 'node_modules')
  for (const { name, file, formats } of tarballs) {
    await step(`checking ${name}`, async () => {
      await run(process.execPath, [join(bin, 'publint/src/cli.js'), file, '--strict'], { cwd: folder })
      if (formats === 'command') return
      const types = [join(bin, '@arethetypeswrong/cli/dist/index.js'), file, '--profile', profiles[formats]]
      await run(process.execPath, types, { cwd: folder })
    })
  }
}
