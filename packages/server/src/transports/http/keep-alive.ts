import type { ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'

/**
 * While a node drains each reply ends its connection. That of a stream must not say so: `fetch` of Node 20 takes a
 * response that says "Connection: close" for whole, also where its last chunk never came.
 */
export function keepUnlessAsked({ raw }: FastifyRequest, response: ServerResponse): void {
  const asksForClose = /\bclose\b/i.test(raw.headers.connection ?? '')
  if (raw.httpVersion === '1.1' && !asksForClose) response.shouldKeepAlive = true
}
