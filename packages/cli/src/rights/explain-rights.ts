/** `dovetail doctor --rights USER CHANNEL`: what somebody may do in a channel, and which rule decides it. */
import type { RightsReply } from 'dovetail-protocol'
import { isUserName } from 'dovetail-protocol/names'
import { CommandFailure } from '../failures/command-failure.ts'
import { UsageFailure } from '../failures/usage-failure.ts'
import { parseGrant } from '../options/parse-grant.ts'
import { parseChannel, parseChoice } from '../options/server-options.ts'
import { Refusal } from '../requests/refusal.ts'
import { Requests } from '../requests/requests.ts'

/** Stands for a caller without a token. */
const nobody = '-'
const roles = ['guest', 'user', 'service', 'admin'] as const

export interface RightsFlags {
  /** User and channel, and the server's address where it follows them. */
  readonly rights: readonly string[]
  readonly role?: string
  readonly grant?: readonly string[]
  readonly json?: true
}

export interface RightsCommand {
  readonly user: string
  readonly channel: string
  readonly url: string | undefined
}

export function parseRights(words: readonly string[]): RightsCommand {
  const [user = '', channel = '', url, ...more] = words
  if (words.length < 2 || more.length > 0) throw new UsageFailure('--rights: give a user ("-": no token) and a channel')
  if (user !== nobody && !isUserName(user)) throw new UsageFailure(`"${user}" is no name for a user`)
  return { user, channel: parseChannel(channel), url }
}

/** Resolves with what is printed. */
export async function explainRights(
  { user, channel }: RightsCommand,
  { role, grant = [], json }: RightsFlags,
  server: { readonly url: string; readonly token: string | undefined },
): Promise<string> {
  if (server.token === undefined) throw new UsageFailure('--rights needs the --token of a service or an admin')
  const body = {
    channel,
    ...(user === nobody ? {} : { user, grants: grant.map(parseGrant) }),
    ...(role === undefined ? {} : { role: parseChoice('--role', role, roles) }),
  }
  const reply = (await new Requests(server).ask('POST', '/v1/rights', body).catch((error: unknown) => {
    throw error instanceof Refusal ? new CommandFailure(error.message, { cause: error }) : error
  })) as RightsReply
  return json === true ? `${JSON.stringify(reply)}\n` : formatted(reply)
}

function formatted({ channel, user, role, exists, visibility, member, mutedUntil, rights }: RightsReply): string {
  const who = user === null ? 'without a token' : `${user} with a token of the role "${role}"`
  const muted = mutedUntil === null ? '' : `, muted until ${mutedUntil}`
  const state = exists ? `is ${visibility}` : `does not exist (it would be ${visibility})`
  const lines = rights.map(({ action, collection, allowed, because }) => [
    `${allowed ? '✓' : '✗'} ${collection === undefined ? action : `${collection}: ${action}`}`,
    because,
  ])
  const width = Math.max(...lines.map(([right = '']) => right.length))
  return `${channel} ${state}; ${who}, membership: ${member ?? 'none'}${muted}\n${lines
    .map(([right = '', reason = '']) => `${right.padEnd(width)}  ${reason}\n`)
    .join('')}`
}
