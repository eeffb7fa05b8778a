/** Writes of clients that read over HTTP: one request each, on a connection of its own, opened by the first. */
import type { Reader, Seat, Write } from './contender.ts'
import { type Ask, HttpLine } from './wire/http-line.ts'

type Writes = Pick<Reader, 'write' | 'close'>

export function httpWrites(seat: Seat): Writes {
  let line: HttpLine | null = null
  return {
    write: (write) => {
      line ??= new HttpLine(seat.endpoint, seat.traffic)
      seat.traffic.count('writes')
      line.ask(writeRequest(seat, write)).then(
        ({ status, body }) => {
          if (status >= 300) seat.complain(`a write was answered ${status}: ${body.toString()}`)
        },
        (error: Error) => seat.complain(`a write was lost: ${error.message}`),
      )
    },
    close: () => line?.close(),
  }
}

type Place = Pick<Seat, 'channel' | 'collection' | 'token'>

export function writeRequest({ channel, collection, token }: Place, { key, data }: Write): Ask {
  const path = `/v1/channels/${channel}/${collection}`
  return {
    method: key === null ? 'POST' : 'PUT',
    path: key === null ? path : `${path}/${key}`,
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    body: data,
  }
}
