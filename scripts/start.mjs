/** `npm start`: installs and builds what is missing, then runs `dovetail serve` with the demo configuration. */
import { build } from './build.mjs'
import { install } from './install.mjs'
import { root, runScript } from './steps.mjs'

await runScript(async () => {
  await install('start')
  await build()
  // The server runs in this process, so that signals to this pid reach it directly.
  const { run } = await import(`${root}packages/cli/dist/run.js`)
  process.exitCode = await run(['serve', ...process.argv.slice(2)])
})
