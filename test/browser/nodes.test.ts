/** The unchanged pages of the app on three nodes behind a round-robin proxy. */
import type { Cluster } from 'dovetail-lab/cluster'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startNodes } from '../faults/checked.ts'
import { type Server, serverAt } from '../support/servers/serving.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

let cluster: Cluster
beforeAll(async () => {
  cluster = await startNodes()
}, 180_000)
afterAll(() => cluster.stop(), 60_000)

/** A client of one of the nodes, past the balancer. */
function node(index: number): Server {
  const server = serverAt(cluster.nodes[index]?.port ?? 0)
  onTestFinished(() => server.stop())
  return server
}

test.each(['websocket', 'sse', 'long-poll', 'poll'])(
  'the chat works over %s on three nodes, also after one was killed',
  async (transport) => {
    const url = `${cluster.url}/?transport=${transport}`
    const [ann, bob] = [await visit(browser(), url), await visit(browser(), url)]
    for (let turn = 0; turn < 3; turn++) {
      await ann.say(`${transport} ${turn} from Ann`)
      await bob.sees(`${transport} ${turn} from Ann`)
      await bob.say(`${transport} ${turn} from Bob`)
      await ann.sees(`${transport} ${turn} from Bob`)
    }
    await cluster.replace(1, 'SIGKILL')
    await ann.say(`${transport} after`)
    await bob.sees(`${transport} after`)
    await bob.say(`${transport} after that`)
    await ann.sees(`${transport} after that`)
    for (const { log } of [ann, bob]) expect(await log.getByText(`${transport} after`, { exact: true }).count()).toBe(1)
  },
)

test('a price written to any node is shown on the board', async () => {
  const { page } = await visit(browser(), `${cluster.url}/prices`)
  for (const index of [0, 1, 2]) {
    const feeder = await node(index).rest('feeder', { role: 'service' })
    const written = await feeder.put('/v1/channels/prices:demo/quotes/ACME', { symbol: 'ACME', price: 100 + index })
    expect([200, 201]).toContain(written.status)
    await page
      .getByRole('row', { name: /ACME/ })
      .getByText(`${100 + index}.00`)
      .waitFor()
  }
})

test('pilots on several nodes meet in one arena, and leave it', async () => {
  const pilots = (page: Awaited<ReturnType<typeof visit>>['page'], count: number) =>
    page.getByText('Pilots').locator('..').getByText(`${count}`, { exact: true }).waitFor()
  const visitors = []
  for (const index of [0, 1, 2]) visitors.push(await visit(browser(), `${cluster.nodes[index]?.url}/game`))
  for (const { page } of visitors) await pilots(page, 3)
  const [first, second] = visitors
  const rest = await node(2).rest()
  const ships = async () => {
    const { body } = await rest.get<{ records: { data: { kind: string } }[] }>('/v1/channels/game:arena/entities')
    return JSON.stringify(body.records.filter(({ data }) => data.kind === 'ship'))
  }
  const before = await ships()
  await first?.page.keyboard.down('ArrowRight')
  await expect.poll(async () => (await ships()) !== before, { timeout: patienceMs }).toBe(true)
  await first?.page.getByRole('link', { name: 'Status' }).click()
  if (second !== undefined) await pilots(second.page, 2)
})
