/** `npm start`: installs and builds what is missing, then is `dovetail serve` with the demo configuration. */
import { build } from './build.mjs'
import { install } from './install.mjs'
import { root, runScript } from './steps.mjs'

await runScript(async () => {
  await install('start')
  await build()
  // The server runs in this very process: one pid to signal, and nothing between it and its parent.
  const { run } = await import(`${root}packages/cli/dist/run.js`)
  process.exitCode = await run(['serve', ...process.argv.slice(2)])
})
