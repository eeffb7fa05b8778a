/** Writes of clients that read over HTTP: one request each, on a connection of its own, opened by the first. */

import { HttpConnection, type HttpRequest } from '../traffic/http-connection.ts'
import type { CandidateClient, Reader, Write } from './candidate.ts'

type HttpWriter = Pick<Reader, 'write' | 'close'>

export function httpWriter(client: CandidateClient): HttpWriter {
  let connection: HttpConnection | null = null
  return {
    write: (write) => {
      connection ??= new HttpConnection(client.endpoint, client.traffic)
      client.traffic.count('writes')
      connection.request(writeRequest(client, write)).then(
        ({ status, body }) => {
          if (status >= 300) client.reportProblem(`a write was answered ${status}: ${body.toString()}`)
        },
        (error: Error) => client.reportProblem(`a write was lost: ${error.message}`),
      )
    },
    close: () => connection?.close(),
  }
}

type WriteTarget = Pick<CandidateClient, 'channel' | 'collection' | 'token'>

export function writeRequest({ channel, collection, token }: WriteTarget, { key, data }: Write): HttpRequest {
  const path = `/v1/channels/${channel}/${collection}`
  return {
    method: key === null ? 'POST' : 'PUT',
    path: key === null ? path : `${path}/${key}`,
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    body: data,
  }
}
