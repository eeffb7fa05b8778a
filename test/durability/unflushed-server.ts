/** Stands in for `dovetail serve`, on a file that is never flushed. */
import { openSqliteStore } from '../../packages/server/src/stores/sqlite/open.ts'
import { serveArguments, serveWith } from './serve-with.ts'

const args = serveArguments()
const store = await openSqliteStore({ path: args.file, flush: 'OFF' })
await serveWith(args, { store: 'memory:', adapters: { store: () => store } })
