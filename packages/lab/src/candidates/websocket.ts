import { WebSocketConnection } from '../traffic/websocket-connection.ts'
import type { Candidate, CandidateClient, Reader, Write } from './candidate.ts'

/** WebSocket: one connection in both directions. */
export const websocket: Candidate = {
  name: 'websocket',
  kind: 'push',
  staleMs: 0,
  open: join,
}

const replyMark = '{"id":'
const errorMark = Buffer.from('"error"')
const greetings = 2 // hello and subscribe have one reply each

async function join(client: CandidateClient): Promise<Reader> {
  const { endpoint, channel, collection, cursor, token, traffic, receive, reportProblem } = client
  let pendingReplies = greetings
  let onReady = (): void => {}
  let onRefused = (_error: Error): void => {}
  const ready = new Promise<void>((resolve, reject) => {
    onReady = resolve
    onRefused = reject
  })
  const onText = (bytes: Buffer, start: number, end: number): void => {
    const isReply = bytes.toString('latin1', start, start + replyMark.length) === replyMark
    if (!isReply) return void receive(bytes, start, end)
    const isError = bytes.subarray(start, Math.min(end, start + 40)).includes(errorMark)
    if (isError)
      (pendingReplies > 0 ? onRefused : reportError)(new Error(`refused: ${bytes.toString('utf8', start, end)}`))
    if (pendingReplies > 0 && --pendingReplies === 0) onReady()
  }
  const reportError = (error: Error): void => reportProblem(error.message)
  const connection = await WebSocketConnection.open({ endpoint, path: '/v1/ws', traffic, onText })
  connection.send(JSON.stringify({ id: 1, op: 'hello', ...(token === null ? {} : { token }) }))
  connection.send(JSON.stringify({ id: 2, op: 'subscribe', channel, after: cursor }))
  await ready
  let writes = 0
  return {
    write: (write) => {
      traffic.count('writes')
      connection.send(command(++writes + greetings, channel, collection, write))
    },
    close: () => connection.close(),
  }
}

function command(id: number, channel: string, collection: string, { key, data }: Write): string {
  const what = key === null ? '"op":"create"' : `"op":"put","recordId":"${key}"`
  return `{"id":${id},${what},"channel":"${channel}","collection":"${collection}","data":${data}}`
}
