/** Stands in for `dovetail serve --port … --data …`, with one bug planted: `DOVETAIL_FAULT` names it. */
import { parseArgs } from 'node:util'
import { demoConfig, start } from 'dovetail-server'
import { faults, isFault } from './faults.ts'

const { values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string' }, data: { type: 'string' } },
})
const fault = process.env.DOVETAIL_FAULT
if (!isFault(fault) || values.data === undefined)
  throw new Error('needs --data, and the name of a fault in DOVETAIL_FAULT')

const running = await start({
  config: demoConfig,
  port: Number(values.port),
  data: values.data,
  secret: process.env.DOVETAIL_SECRET ?? '',
  log: 'fatal',
  adapters: { store: faults[fault] },
})
process.stdout.write(`ready at ${running.url}\n`)
