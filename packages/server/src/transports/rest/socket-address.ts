/** The resource `/v1/ws` for requests without an upgrade; upgrades go to the WebSocket transport. */
import { Failure } from '../../core/rules/failure.ts'
import type { Resource } from '../contract/operation.ts'
import { textParameter } from '../contract/parameters.ts'
import type { TransportContext } from '../transport-context.ts'

export function socketResources(context: TransportContext): Resource[] {
  return [
    {
      path: '/v1/ws',
      operations: {
        GET: {
          id: 'openWebSocket',
          tag: 'the server',
          summary:
            'Opens a WebSocket (RFC 6455) with the subprotocol `dovetail.v1`; /asyncapi.json describes its frames.',
          caller: 'anyone',
          query: [textParameter('ticket', 'A ticket of `POST /v1/tickets`, for clients that can set no header.')],
          replies: { 101: { description: 'The WebSocket is open; the first command is `hello`.' } },
          refusals: ['upgrade_required', 'invalid_query', 'draining'],
          handle: () => {
            // Scripts can not see why a browser's upgrade was refused, but they can read this reply.
            if (context.isDraining()) throw new Failure('draining', 'This node is leaving.', { retryAfter: 1 })
            throw new Failure('upgrade_required', 'This address speaks WebSocket: ask for an upgrade.', {
              // Node takes this header for all that the reply says about the connection.
              headers: { upgrade: 'websocket', connection: 'Upgrade, close' },
            })
          },
        },
      },
    },
  ]
}
