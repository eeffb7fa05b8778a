/** A typed server, client and configuration from ES modules: it compiles, and what is wrong does not. */
import { type Client, createClient } from 'dovetail-client'
import type { Change } from 'dovetail-protocol'
import { type ChannelTypes, createDovetail, defineConfig } from 'dovetail-server'
import Type from 'typebox'

const config = defineConfig({
  channels: { orders: { collections: { events: { schema: Type.Object({ state: Type.String() }) } } } },
})
export type Types = ChannelTypes<typeof config>

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
