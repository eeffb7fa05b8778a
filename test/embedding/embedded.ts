/** A small application of its own with Dovetail inside, for tests. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createDovetail, type Dovetail, type DovetailOptions, defineConfig } from 'dovetail-server'
import Type from 'typebox'
import { onTestFinished } from 'vitest'
import { testSecret } from '../support/servers/token-for.ts'

export const config = defineConfig({
  channels: {
    orders: {
      read: 'user',
      write: 'service',
      signals: 'user',
      presence: true,
      collections: { events: { schema: Type.Object({ state: Type.String() }), search: ['state'], edit: 'service' } },
    },
    desk: { visibility: 'private', collections: { members: {}, notes: {} } },
  },
})

export type Orders = Dovetail<import('dovetail-server').ChannelTypes<typeof config>>

/** The user that the cookie `session` names, as an application with sessions of its own has it. */
export function bySession({ headers }: IncomingMessage) {
  const user = /(?:^|; )session=([a-z]+)/.exec(headers.cookie ?? '')?.[1]
  return user === undefined ? null : { user, name: user.toUpperCase() }
}

export async function embedded(options: Partial<DovetailOptions<typeof config>> = {}): Promise<Orders> {
  const dovetail = await createDovetail({
    store: 'memory:',
    secret: testSecret,
    log: 'fatal',
    drainSeconds: 0,
    ...options,
    config,
  })
  onTestFinished(() => dovetail.stop())
  return dovetail
}

/** Listens on a free port; the address without a path. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

/** An application that answers "mine" to everything. */
export function plainServer(): Server {
  return createServer((_request, response) => response.end('mine'))
}
