import { openStream } from '../clients/event-stream.ts'
import { openLine, upgradeRequest } from '../clients/raw-socket.ts'
import { at } from '../paths.ts'
import type { Server } from '../servers/serving.ts'
import { tokenFor } from '../servers/token-for.ts'

/** Where a request says that it comes from, and where to; a header that is `null` is left out. */
export interface Sender {
  readonly origin: string | null
  /** Default: the server's address. */
  readonly host?: string
}

/** What each transport answers: upgrade, event stream, long-poll, a plain read, a write. */
export async function statuses(server: Server, { origin, host }: Sender): Promise<number[]> {
  const headers: Record<string, string> = {
    ...(origin === null ? {} : { origin }),
    ...(host === undefined ? {} : { host }),
  }
  const path = '/v1/channels/chat:a/changes?after=0'
  const token = await tokenFor('alice')
  const stream = await openStream({ port: server.port, path, token, headers })
  stream.close()
  const alice = await server.rest('alice')
  const poll = await alice.get(`${path}&wait=1`, headers)
  const page = await alice.get(at('chat:a'), headers)
  const write = await alice.put(at('chat:a', 'messages', 'm'), { text: 'a' }, headers)
  return [
    await upgraded(server, { Origin: origin, ...(host === undefined ? {} : { Host: host }) }),
    stream.status,
    poll.status,
    page.status,
    write.status,
  ]
}

/** The status of an upgrade with these headers; one that is `null` is left out. */
export async function upgraded(server: Server, headers: Record<string, string | null>): Promise<number> {
  const line = await openLine(server.port)
  line.write(upgradeRequest(headers))
  const head = await line.until('the answer', (bytes) => bytes.includes('\r\n\r\n'))
  line.destroy()
  return Number(head.toString('latin1').split(' ')[1])
}
