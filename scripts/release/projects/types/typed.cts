/** A server and a typed client from CommonJS: it compiles, and what is wrong does not. */
import { type Client, createClient } from 'dovetail-client'
import type { Change } from 'dovetail-protocol'
import { createDovetail, defineConfig } from 'dovetail-server'

const config = defineConfig({ channels: { orders: { collections: { events: {} } } } })
type Types = { orders: { events: { state: string } } }

export async function main(change: Change): Promise<string> {
  const dovetail = await createDovetail({ config, store: 'memory:' })
  await dovetail.channel('orders:7').collection('events').create({ state: 'paid' })
  // @ts-expect-error: no such namespace
  dovetail.channel('order:7')

  const client: Client<Types> = createClient<Types>({ url: 'http://localhost:4600/live' })
  const view = client.channel('orders:7').collection('events').live()
  const states: string[] = view.records.map(({ data }) => data.state)
  // @ts-expect-error: no such namespace
  client.channel('order:7')
  // @ts-expect-error: no such member
  view.create({ status: 'paid' })
  return `${states.length} ${change.collection}`
}
