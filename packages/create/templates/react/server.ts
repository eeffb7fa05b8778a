import { existsSync } from 'node:fs'
import { start } from 'dovetail-server'
import config from './dovetail.config.ts'

// The built page, once there is one: `npm run build`.
const webRoot = existsSync('dist/index.html') ? 'dist' : null
const running = await start({ config, webRoot, port: Number(process.env.PORT ?? 4600), log: 'warn' })
console.log(`ready at ${running.url}`)

process.once('SIGTERM', () => running.stop())
