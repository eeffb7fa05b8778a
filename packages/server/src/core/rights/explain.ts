/**
 * Why somebody may or may not do something in a channel, for who looks after the server. The answers are those of
 * `judge.ts`, the decision that every request gets.
 */
import { memberRecordId, type RightsReply } from 'dovetail-protocol'
import { namedChannel, namedUser, policyOf } from '../access/address.ts'
import { anonymous, type Caller } from '../access/caller.ts'
import type { AccessContext } from '../access/context.ts'
import { judge, type Verdict } from '../access/judge.ts'
import type { CollectionPolicy, PolicyRecord } from '../access/policy.ts'
import type { Action, Question } from '../access/question.ts'
import { requireAction } from '../access/require-action.ts'
import { requireStaff } from '../access/require-staff.ts'
import { mayBePresent, mayShowState } from '../presence/presence-rights.ts'
import { because } from './because.ts'

export type ExplainedCaller = Pick<Caller, 'user' | 'role' | 'grants'>
type Explained = RightsReply['rights'][number]
type Asked = Omit<Question, 'action'>

/** `asker`: a service or an admin who may read the channel. Throws `not_found` and `forbidden` as a reading does. */
export async function explainRights(
  core: AccessContext,
  asker: Caller,
  channel: string,
  subject: ExplainedCaller,
): Promise<RightsReply> {
  requireStaff(asker, 'Only a service or an admin may ask for the rights of others.')
  namedChannel(channel)
  if (subject.user !== null) namedUser(subject.user)
  await requireAction(core, asker, channel, 'read')
  const policy = policyOf(core, channel)
  const membership = await core.memberships.of(channel, subject.user)
  const caller: Caller = { ...anonymous, ...subject }
  const asked: Asked = { caller, channel, policy, membership, now: core.clock.now() }
  const { facts, member } = membership
  const rights: Explained[] = []
  for (const { name, action } of channelActions) rights.push(await explain(asked, name, action))
  if (policy.files !== null) rights.push(await explain(asked, 'upload files', { verb: 'attach' }))
  rights.push(...(await presenceRights(asked)))
  for (const collection of policy.collections.values())
    for (const { name, action } of collectionActions(asked, collection))
      rights.push({ ...(await explain(asked, name, action)), collection: collection.name })
  return {
    channel,
    user: subject.user,
    role: subject.role,
    exists: facts !== null,
    visibility: facts?.visibility ?? (policy.private ? 'private' : 'public'),
    member: member?.role ?? null,
    mutedUntil: member?.mutedUntil == null ? null : new Date(member.mutedUntil).toISOString(),
    rights,
  }
}

interface Named {
  readonly name: Explained['action']
  readonly action: Action
}

const channelActions: readonly Named[] = [
  { name: 'read', action: { verb: 'read' } },
  { name: 'signal', action: { verb: 'signal' } },
  { name: 'create channel', action: { verb: 'open' } },
  { name: 'delete channel', action: { verb: 'manage' } },
  { name: 'import and export', action: { verb: 'transfer' } },
]

/** Records are asked for without data: a rule that is a function may say otherwise of real ones. */
function collectionActions({ caller, channel, membership }: Asked, collection: CollectionPolicy): readonly Named[] {
  const { user } = caller
  const record = (author: string, id: string | null, data: unknown = {}): PolicyRecord => ({
    ...{ channel, collection: collection.name, id, author, data },
  })
  const change = (verb: 'edit' | 'delete', of: PolicyRecord): Action =>
    verb === 'edit' ? { verb, collection, record: of, proposed: of.data } : { verb, collection, record: of }
  const write = (data: unknown, id: string | null = null): Action => ({
    ...{ verb: 'write', collection, record: record(user ?? '', id, data) },
  })
  if (collection.name === 'members') {
    const actions: Named[] = [
      { name: 'invite', action: write({ role: 'member' }) },
      { name: 'appoint a moderator', action: write({ role: 'moderator' }) },
    ]
    if (user === null || membership.member === null) return actions
    const own = record(user, memberRecordId(user), { role: membership.member.role })
    return [...actions, { name: 'leave', action: change('delete', own) }]
  }
  const others = record('', 'x')
  const ofOthers: Named[] = [
    { name: 'create', action: write({}) },
    { name: 'edit of others', action: change('edit', others) },
    { name: 'delete of others', action: change('delete', others) },
  ]
  if (user === null) return ofOthers
  const own = record(user, 'x')
  return [
    ...ofOthers,
    { name: 'edit of own', action: change('edit', own) },
    { name: 'delete of own', action: change('delete', own) },
  ]
}

async function explain(asked: Asked, name: Explained['action'], action: Action): Promise<Explained> {
  const question: Question = { ...asked, action }
  try {
    const verdict = (await refusedBefore(question)) ?? (await judge(question))
    return { action: name, allowed: verdict.allowed, cause: verdict.cause, because: because(question, verdict) }
  } catch (error) {
    return { action: name, allowed: false, cause: 'rule', because: `a function of the configuration failed: ${error}` }
  }
}

/** Who may not read a channel has to be allowed to write there, before a refusal may tell that a record exists. */
async function refusedBefore(question: Question): Promise<Verdict | null> {
  const { action } = question
  if (action.verb !== 'edit' && action.verb !== 'delete') return null
  const { allowed } = await judge({ ...question, action: { verb: 'read' } })
  if (allowed) return null
  const { collection, record } = action
  const author = question.caller.user ?? ''
  const writing = await judge({
    ...question,
    action: { verb: 'write', collection, record: { ...record, id: null, author, data: undefined } },
  })
  return writing.allowed ? null : writing
}

async function presenceRights(asked: Asked): Promise<Explained[]> {
  const { caller, channel, policy, membership, now } = asked
  const reading = await explain(asked, 'read', { verb: 'read' })
  const answer = (action: Explained['action'], may: boolean): Explained => {
    if (!reading.allowed) return { ...reading, action }
    if (!policy.presence)
      return { action, allowed: false, cause: 'rule', because: `"${policy.name}.presence" is false` }
    if (caller.user === null)
      return { action, allowed: false, cause: 'role', because: 'without a token nobody is present' }
    if (may) return { ...reading, action }
    const cause = membership.member?.role === 'banned' ? 'ban' : 'mute'
    return {
      action,
      allowed: false,
      cause,
      because: because({ ...asked, action: { verb: 'read' } }, { allowed: false, cause }),
    }
  }
  return [
    answer('be present', mayBePresent(caller, channel, membership)),
    answer('show a state', mayShowState(caller, channel, membership, now)),
  ]
}
