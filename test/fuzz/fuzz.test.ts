/**
 * Inputs that are generated from the server's own descriptions, with valid tokens, states and cursors, so that more than
 * half of them are accepted. `SEED=…` makes other ones, `INPUTS=…` so many for each store; `npm run soak` sends 500,000 to each.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startPostgres } from 'dovetail-lab/services'
import { demoConfig } from 'dovetail-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { type Server, type ServingOptions, startServer, stores } from '../support/servers/serving.ts'
import { Fuzz } from './run-fuzz.ts'

const seed = Number(process.env.SEED ?? 1)
/** PostgreSQL takes several times as long, and gets fewer of them in each `npm test`. */
const inputsOf = (store: string): number =>
  Number(process.env.INPUTS ?? (process.env.SOAK === '1' ? 500_000 : store === 'postgres' ? 4_000 : 10_000))
const roundInputs = 2_000

/** Nothing listens there. */
const away = {
  ...{ name: 'away', url: 'http://127.0.0.1:9/', pattern: 'chat:f1', retryFor: '1s' },
  ...{ secret: `whsec_${Buffer.alloc(24).toString('base64')}`, allowHttp: true, allowPrivate: true },
}
/** Budgets have tests of their own. */
const many = 1_000_000_000
const limits = { commands: many, commandsBurst: many, guests: many, channels: many, channelsBurst: many }

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heapBytes(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** Starts a server on this store. Resolves with what stops both. */
async function startOn(
  store: (typeof stores)[number] | 'postgres',
  files: string,
): Promise<[Server, () => Promise<void>]> {
  const options: ServingOptions = { limits, config: { ...demoConfig, webhooks: [away] }, files }
  if (store !== 'postgres') {
    const server = await startServer({ store, ...options })
    return [server, () => server.stop()]
  }
  const postgres = await startPostgres({ fsync: false })
  const server = await startServer({ store: postgres.url as `postgres${string}`, ...options })
  return [server, () => server.stop().finally(() => postgres.stop())]
}

describe.each([...stores, 'postgres'] as const)('generated inputs, %s store', (store) => {
  const inputs = inputsOf(store)
  const files = temporaryFolder()
  let server: Server
  let stop = async (): Promise<void> => {}
  beforeAll(async () => {
    ;[server, stop] = await startOn(store, files)
  })
  afterAll(() => stop())

  test('[PRM2, PRM4, PRM6, MOD4] bring about nothing but what the contract and the laws of the log say', {
    timeout: 7_200_000,
  }, async () => {
    const fuzz = await Fuzz.on(server, seed)
    const heaps: number[] = []
    for (let sent = 0; sent < inputs && fuzz.faults.length === 0; sent += roundInputs) {
      await fuzz.round(Math.min(roundInputs, inputs - sent))
      heaps.push(heapBytes())
    }
    expect(fuzz.faults.slice(0, 20).join('\n'), `SEED=${seed} npm test -- test/fuzz`).toBe('')
    expect(fuzz.tally.accepted / fuzz.tally.sent, fuzz.tally.table()).toBeGreaterThan(0.5)
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
    // With the channels of a round gone and its connections closed, what it took is given back.
    const [first = 0] = heaps
    const { accepted, sent } = fuzz.tally
    process.stderr.write(`${store}: ${accepted} of ${sent} inputs accepted, seed ${seed}; heaps ${heaps.join(', ')}\n`)
    expect((heaps.at(-1) ?? 0) / first, `heaps after each round: ${heaps.join(', ')}`).toBeLessThan(1.1)
  })
})
