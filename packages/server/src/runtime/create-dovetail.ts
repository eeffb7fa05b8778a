/**
 * Dovetail inside an application: on the application's own `node:http` server, with its users, and with the log at hand
 * for its own code.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ChannelNames, PatternReply, RightsReply, RightsRequest } from 'dovetail-protocol'
import type { ChannelTypes } from '../config.ts'
import type { Config } from '../core/access/policy.ts'
import { explainRights } from '../core/rights/explain.ts'
import { type Channel, openChannel } from '../in-process/channel.ts'
import { type FollowPatternOptions, followPattern } from '../in-process/follow-pattern.ts'
import { serviceCaller } from '../in-process/service-caller.ts'
import { openTransaction, type SqliteConnection, type TransactionWrites } from '../in-process/transaction.ts'
import { StartFailure } from '../open.ts'
import type { ApplicationOutbox } from '../ports/outbox/outbox.ts'
import { openNode } from './open-node.ts'
import type { ServerOptions } from './server-options.ts'

export interface DovetailOptions<Definition extends Config> extends Omit<ServerOptions, 'port' | 'host' | 'config'> {
  readonly config: Definition
  /** The path in front of `/v1`; `/`: none. Default: `/live`. */
  readonly path?: string
  /** The author of what the application writes for nobody in particular. Default: `service`. */
  readonly service?: string
}

export type TokenRights = Pick<RightsRequest, 'role' | 'grants'>

export interface Dovetail<Types> {
  /** The path under which it answers; empty: the root. */
  readonly path: string
  /**
   * Answers under the path on this server, requests and WebSockets. Everything else stays with the listeners that the
   * server has now, those of a framework, too: call it once they are there.
   */
  attach(server: Server): void
  /** Answers one request, for a framework's route. Nothing may have read its body. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Takes over one upgrade to WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** A channel's log for the application's own code, which may do everything in every channel. */
  channel<Name extends ChannelNames<Types>>(name: Name): Channel<Types, Name>
  /**
   * What a user may do in a channel, and why. `role` and `grants`: those of the user's token, `user` and none where they are
   * left out. `user`: null: a caller without a token.
   */
  rights(user: string | null, channel: ChannelNames<Types>, token?: TokenRights): Promise<RightsReply>
  /** All channels of a pattern, those too that are made later, from one cursor. Starts with the first `next`. */
  follow(options: FollowPatternOptions): AsyncGenerator<PatternReply, void>
  /**
   * Writes that are made when a transaction of the application's own has committed, and not where it rolls back:
   * `connection` is the application's, to the store's SQLite file. With PostgreSQL, call `dovetail.publish` in SQL.
   * Throws `StartFailure` where the store is not SQLite, or the connection is of another driver than the store's.
   */
  outbox(connection: SqliteConnection): TransactionWrites<Types>
  /** Ends all readers in order, and closes the stores. The server itself is the application's. */
  stop(): Promise<void>
}

const defaultPath = '/live'

/** @throws StartFailure with one line that says what is wrong */
export async function createDovetail<const Definition extends Config>(
  options: DovetailOptions<Definition>,
): Promise<Dovetail<ChannelTypes<Definition>>> {
  const path = pathOf(options.path ?? defaultPath)
  const caller = serviceCaller(options.service ?? 'service')
  return await openNode(
    options,
    async (node, core, outbox) => {
      const { attach, handle, upgrade } = await node.mount()
      return {
        path,
        attach,
        handle,
        upgrade,
        channel: (name) => openChannel(core, caller, name),
        rights: (user, channel, { role = 'user', grants = [] } = {}) =>
          explainRights(core, caller, channel, { user, role: user === null ? 'anonymous' : role, grants }),
        follow: (following) => followPattern(core, caller, following),
        outbox: (connection) => openTransaction(connection, ownOutbox(outbox, connection), caller.user ?? 'service'),
        stop: () => node.stop(),
      }
    },
    path,
  )
}

function ownOutbox(outbox: ApplicationOutbox | null, connection: SqliteConnection): ApplicationOutbox {
  if (outbox === null)
    throw new StartFailure(
      'outbox: the store is not SQLite; with PostgreSQL, call dovetail.publish in your transaction',
    )
  const name = outbox.wrongDriver(connection)
  if (name === null) return outbox
  throw new StartFailure(
    `outbox: the store uses ${name}, and this connection is not of it: two copies of SQLite in one process damage the ` +
      'file. Open it with that driver, or give createDovetail yours as sqliteDriver',
  )
}

/** `/`: none. */
function pathOf(path: string): string {
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path
  if (trimmed === '' || /^(\/[A-Za-z0-9._~-]+)+$/.test(trimmed)) return trimmed
  throw new StartFailure(`path: "${path}" must be like /live: parts of A-Z a-z 0-9 . _ ~ -, each after a "/"`)
}
