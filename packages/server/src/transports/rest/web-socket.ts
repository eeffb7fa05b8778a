/** Where the WebSocket is, asked without an upgrade. */
import type { FastifyInstance } from 'fastify'
import { Failure } from '../../core/failure.ts'
import { resource } from './resource.ts'

export function registerWebSocket(app: FastifyInstance): void {
  resource(app, '/v1/ws', {
    GET: () => {
      throw new Failure('upgrade_required', 'This address speaks WebSocket: ask for an upgrade.', {
        headers: { upgrade: 'websocket', connection: 'Upgrade' },
      })
    },
  })
}
