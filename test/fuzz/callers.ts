/** Who sends the inputs, and who of them is likely to be let. */
import type { SeededRandom } from 'dovetail-lab/check'
import { tokenFor } from '../support/servers/token-for.ts'
import { isLikely, oneOf } from './chance.ts'
import { passersBy, users } from './world.ts'

export const callers = [
  ...users,
  ...passersBy,
  'visitor',
  'nobody',
  'mover',
  'root',
  'key',
  'expired',
  'forged',
] as const
export type Caller = (typeof callers)[number]

/** A token for each caller; `null`: none. */
export async function callersTokens(): Promise<Map<Caller, string | null>> {
  const named = await Promise.all(
    [...users, ...passersBy].map(async (user, at) => [user, await tokenFor(user, { name: `Number ${at}` })] as const),
  )
  return new Map<Caller, string | null>([
    ...named,
    ['visitor', await tokenFor('visitor', { role: 'guest' })],
    ['nobody', null],
    ['mover', await tokenFor('mover', { role: 'service' })],
    ['root', await tokenFor('root', { role: 'admin' })],
    // Until an API key was made.
    ['key', await tokenFor('mover', { role: 'service' })],
    ['expired', await tokenFor('ann', { ttl: -3600 })],
    ['forged', await tokenFor('root', { role: 'admin', secret: 'another secret, which the server does not know' })],
  ])
}

const ofAdmins = /^\/v1\/keys|\/webhooks/
const ofStaff =
  /^\/v1\/(follow|consumers|import|export|rights|schema|webhooks)|\/(data|erasure|account)$|\/users\/[^/]+\/sessions$|\/sessions\//

/** Somebody who is likely to be let do this; now and then anybody. */
export function likelyCaller(
  dice: SeededRandom,
  method: string,
  template: string,
  channel: string | undefined,
): Caller {
  if (isLikely(dice, 0.06)) return oneOf(dice, callers)
  if (ofAdmins.test(template)) return 'root'
  if (ofStaff.test(template) || (method === 'PUT' && /^\/v1\/users/.test(template)))
    return oneOf<Caller>(dice, ['mover', 'mover', 'root', 'key'])
  const namespace = channel?.split(':')[0]
  if (namespace === 'forms') return method === 'POST' ? 'bob' : 'root'
  const isWrite = method !== 'GET'
  if (isWrite && ['prices', 'ticks', 'docs'].includes(namespace ?? '')) return 'mover'
  if (method === 'DELETE' && template === '/v1/channels/{ch}') return 'root'
  if (namespace === 'dm' || namespace === 'team') return oneOf<Caller>(dice, ['ann', 'ann', 'bob', 'mover'])
  if (isWrite || template.startsWith('/v1/me')) return oneOf<Caller>(dice, [...users, 'ann', 'ann', 'visitor'])
  return oneOf<Caller>(dice, [...users, 'visitor', 'nobody', 'mover'])
}
