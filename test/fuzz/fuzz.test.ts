/**
 * Inputs that are generated from the server's own descriptions, with valid tokens, states and cursors, so that more than
 * half of them are accepted. `SEED=…` makes other ones, `INPUTS=…` so many for each store; `npm run soak` sends 1,000,000.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { demoConfig } from 'dovetail-server'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { serving, stores } from '../support/servers/serving.ts'
import { Fuzz } from './run-fuzz.ts'

const seed = Number(process.env.SEED ?? 1)
const inputs = Number(process.env.INPUTS ?? (process.env.SOAK === '1' ? 500_000 : 10_000))
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

describe.each(stores)('generated inputs, %s store', (store) => {
  const server = serving({ store, limits, config: { ...demoConfig, webhooks: [away] }, files: temporaryFolder() })

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
    expect((heaps.at(-1) ?? 0) / first, `heaps after each round: ${heaps.join(', ')}`).toBeLessThan(1.1)
  })
})
