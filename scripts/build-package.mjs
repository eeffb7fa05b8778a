/** `build-package.mjs NAME [--types]`: packages/NAME/src → packages/NAME/dist, file by file. */
import { build } from 'tsdown'
import { buildOptions } from '../tsdown.config.mjs'

const [name, flag] = process.argv.slice(2)
await build({ ...buildOptions(name, flag === '--types'), config: false, logLevel: 'warn' })
