/** The executable: `bin/dovetail.js` once built, and this file itself in a checkout. */
import { run } from './run.ts'

process.exitCode = await run(process.argv.slice(2))
