import type { Contender, Reader, Seat, Write } from './contender.ts'
import { WebSocketLine } from './wire/web-socket-line.ts'

/** One connection, both ways. */
export const websocket: Contender = {
  name: 'websocket',
  kind: 'push',
  staleMs: 0,
  open: join,
}

const replyMark = '{"id":'
const errorMark = Buffer.from('"error"')
const greetings = 2 // hello and subscribe have one reply each

async function join(seat: Seat): Promise<Reader> {
  const { endpoint, channel, collection, cursor, token, traffic, hear, complain } = seat
  let owed = greetings
  let welcome = (): void => {}
  let refuse = (_error: Error): void => {}
  const welcomed = new Promise<void>((resolve, reject) => {
    welcome = resolve
    refuse = reject
  })
  const onText = (bytes: Buffer, start: number, end: number): void => {
    const isReply = bytes.toString('latin1', start, start + replyMark.length) === replyMark
    if (!isReply) return void hear(bytes, start, end)
    const isError = bytes.subarray(start, Math.min(end, start + 40)).includes(errorMark)
    if (isError) (owed > 0 ? refuse : complainOf)(new Error(`refused: ${bytes.toString('utf8', start, end)}`))
    if (owed > 0 && --owed === 0) welcome()
  }
  const complainOf = (error: Error): void => complain(error.message)
  const line = await WebSocketLine.open({ endpoint, path: '/v1/ws', traffic, onText })
  line.send(JSON.stringify({ id: 1, op: 'hello', ...(token === null ? {} : { token }) }))
  line.send(JSON.stringify({ id: 2, op: 'subscribe', channel, after: cursor }))
  await welcomed
  let writes = 0
  return {
    write: (write) => {
      traffic.count('writes')
      line.send(command(++writes + greetings, channel, collection, write))
    },
    close: () => line.close(),
  }
}

function command(id: number, channel: string, collection: string, { key, data }: Write): string {
  const what = key === null ? '"op":"create"' : `"op":"put","recordId":"${key}"`
  return `{"id":${id},${what},"channel":"${channel}","collection":"${collection}","data":${data}}`
}
