/** Two nodes of a cluster, and a reader that tells what it was sent. */
import { subscribe } from '../read/subscribe.ts'
import { type ClusterNode, type ClusterOptions, ClusterWorld } from '../simulation/cluster-world.fixture.ts'
import { callerOf } from '../simulation/core-world.fixture.ts'
import { GateOutlet } from '../simulation/gate-outlet.fixture.ts'
import { write } from '../write/write.ts'

export const channel = 'chat:a'
/** Every notification is lost. */
export const deaf = { faults: { lost: 1 } }

/** Two nodes: `here` writes, `there` is read from. */
export async function pair(options: ClusterOptions = {}) {
  const world = await new ClusterWorld(options).begin()
  return { world, here: world.node(0), there: world.node(1) }
}

export async function put(node: ClusterNode, text: string, { collection = 'messages', recordId = text } = {}) {
  return await node.done(
    write(node.core, callerOf('ana', 'admin'), { op: 'put', channel, collection, recordId, data: { text } }),
  )
}

/** A reader from now on, and what it was sent: `op`, or of changes where they lead. */
export async function reading(node: ClusterNode, name = channel, user = 'bob') {
  const outlet = new GateOutlet()
  const seen = { signals: true, presence: false, demand: false, counted: true, maxBytes: null }
  const options = { ...seen, onEnded: () => {}, onBroken: () => {} }
  const request = { channel: name, after: null, last: null }
  const { feed } = await node.done(subscribe(node.core, callerOf(user), request, outlet, options))
  feed.begin()
  const messages = () =>
    outlet.frames.map(({ json }) => JSON.parse(json) as { op: string; to?: number; reason?: string })
  return { outlet, heard: () => messages().map(({ op, to, reason }) => to ?? reason ?? op) }
}
