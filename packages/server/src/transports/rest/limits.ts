/** The resource `/v1/limits`: the limits of this server. */
import { LimitValues } from 'dovetail-protocol'
import { encodeJson } from '../../wire/json-text.ts'
import { json, ofServer, type Resource } from '../contract/operation.ts'
import { sendJson } from '../http/reply.ts'
import type { TransportContext } from '../transport-context.ts'

export function limitResources({ core }: TransportContext): Resource[] {
  const reading = ofServer(
    'readLimits',
    'The limits of this server.',
    json('The value of each limit by its name.', LimitValues),
    (_request, reply) => sendJson(reply.header('cache-control', 'no-store'), 200, encodeJson(core.limits)),
  )
  return [{ path: '/v1/limits', operations: { GET: reading } }]
}
