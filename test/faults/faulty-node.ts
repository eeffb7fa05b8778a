/** Stands in for `dovetail serve` as a node of a cluster, with one bug planted: `DOVETAIL_BUG` names it. */
import { parseArgs } from 'node:util'
import { demoConfig, start } from 'dovetail-server'
import { openMemoryBackbone } from '../../packages/server/src/backbones/memory/memory-backbone.ts'
import { clusterBugs, isClusterBug } from './cluster-bugs.ts'

const { values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    port: { type: 'string' },
    store: { type: 'string' },
    memory: { type: 'string' },
    backbone: { type: 'string' },
  },
})
const bug = process.env.DOVETAIL_BUG
if (!isClusterBug(bug)) throw new Error('needs the name of a bug in DOVETAIL_BUG')

const running = await start({
  config: demoConfig,
  port: Number(values.port),
  host: ['127.0.0.1'],
  store: String(values.store),
  memory: String(values.memory),
  backbone: String(values.backbone),
  secret: process.env.DOVETAIL_SECRET ?? '',
  log: 'silent',
  adapters: {
    store: clusterBugs[bug],
    ...(bug === 'notifications-lost-and-no-poll' ? { backbone: openMemoryBackbone() } : {}),
  },
})
process.on('SIGTERM', () => process.exit(0))
process.stdout.write(`ready at ${running.url}\n`)
