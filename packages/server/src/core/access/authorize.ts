/**
 * Decides whether a caller may do something in a channel, from its policy, the caller's membership and
 * grants. Every transport asks here. Where a grant matches the channel, its rights replace the policy's answer; what a
 * record's author alone may do stays theirs, unless the grant says `manage`.
 */
import { memberRecordId, userOfOwnFeed } from 'dovetail-protocol'
import type { ChannelFacts } from '../../ports/store.ts'
import { Failure } from '../rules/failure.ts'
import { type Caller, grantedRights, isStaff, type Right } from './caller.ts'
import type { AccessRule, CollectionPolicy, Level, MemberRole, NamespacePolicy, PolicyRecord } from './policy.ts'

/** What the channel's log says of this caller. */
export interface Member {
  readonly role: MemberRole
  /** Milliseconds since the Unix epoch; `null`: not muted. */
  readonly mutedUntil: number | null
}

export interface Membership {
  readonly facts: ChannelFacts | null
  readonly member: Member | null
}

export type Action =
  /** `transfer`: to import and export records as they are, with their dates and authors. */
  | { readonly verb: 'read' | 'signal' | 'manage' | 'open' | 'transfer' }
  /** `record` is the one to be created. */
  | { readonly verb: 'write'; readonly collection: CollectionPolicy; readonly record: PolicyRecord }
  /** `record` is as it stands; `proposed` the data it would have. */
  | {
      readonly verb: 'edit'
      readonly collection: CollectionPolicy
      readonly record: PolicyRecord
      readonly proposed: unknown
    }
  | { readonly verb: 'delete'; readonly collection: CollectionPolicy; readonly record: PolicyRecord }

export interface Question {
  readonly caller: Caller
  /** Whom a write is for, where that may be another; absent: the caller. */
  readonly author?: string
  readonly channel: string
  readonly policy: NamespacePolicy
  readonly membership: Membership
  readonly action: Action
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** Throws `not_found`, `unauthenticated` or `forbidden`, in that order; returns where the caller may. */
export async function authorize(question: Question): Promise<void> {
  if (question.caller.refusal !== null) throw question.caller.refusal
  const answer = judge(question)
  const allowed = typeof answer === 'boolean' ? answer : await answer
  if (!allowed) throw await refusal(question)
}

/** Whether the caller may read: at once, unless the rule has to ask elsewhere. A rule that fails is reported, and lets nobody read. */
export function mayRead(
  question: Omit<Question, 'action'>,
  report: (error: unknown, doing: string) => void,
): boolean | Promise<boolean> {
  if (question.caller.refusal !== null) return false
  const failed = (error: unknown): false => {
    report(error, `the rule that says who may read "${question.channel}"`)
    return false
  }
  try {
    const answer = judge({ ...question, action: { verb: 'read' } })
    return typeof answer === 'boolean' ? answer : Promise.resolve(answer).then(Boolean, failed)
  } catch (error) {
    return failed(error)
  }
}

function judge(question: Question): boolean | Promise<boolean> {
  const feedOf = userOfOwnFeed(question.channel)
  if (feedOf !== null) return question.action.verb === 'read' && question.caller.user === feedOf
  const granted = grantedRights(question.caller, question.channel)
  return granted === null ? judgeByPolicy(question) : judgeByGrant(question, granted)
}

function judgeByGrant(question: Question, granted: ReadonlySet<Right>): boolean | Promise<boolean> {
  const { action } = question
  switch (action.verb) {
    case 'read':
      return granted.has('read')
    case 'signal':
      return granted.has('signal')
    case 'manage':
    case 'open':
      return granted.has('manage')
    case 'transfer':
      return granted.has('manage') && question.caller.role === 'service'
    case 'write':
      return granted.has(action.collection.name === 'members' ? 'manage' : 'write')
    case 'edit':
    case 'delete':
      if (granted.has('manage')) return true
      if (action.collection.name === 'members' || !granted.has('write')) return false
      return judgeRule(question, action.verb === 'edit' ? action.collection.edit : action.collection.delete)
  }
}

function judgeByPolicy(question: Question): boolean | Promise<boolean> {
  const { action, policy, membership } = question
  switch (action.verb) {
    case 'read':
      return isShut(question) ? false : judgeRule(question, policy.read)
    case 'signal':
      return !isShut(question) && !isSilenced(question) && judgeRule(question, policy.signals)
    case 'open':
      return judgeRule(question, policy.create)
    case 'manage':
      return judgeRule(question, 'owner')
    case 'transfer':
      return question.caller.role === 'service'
    case 'write':
      if (isShut(question) || isSilenced(question)) return false
      return isMembers(action.collection) ? judgeMembership(question) : judgeRule(question, action.collection.write)
    case 'edit':
      if (isShut(question) || isSilenced(question)) return false
      return isMembers(action.collection) ? judgeMembership(question) : judgeRule(question, action.collection.edit)
    case 'delete':
      if (isShut(question) || membership.member?.role === 'banned') return false
      return isMembers(action.collection) ? judgeMembership(question) : judgeRule(question, action.collection.delete)
  }
}

function isMembers(collection: CollectionPolicy): boolean {
  return collection.name === 'members'
}

function isPrivate({ policy, membership }: Question): boolean {
  return policy.private || membership.facts?.visibility === 'private'
}

/** A backend or an administrator, whom the configuration lets into private channels. */
function isAdmittedStaff(question: Question): boolean {
  return isStaff(question.caller) && question.policy.staff && isPrivate(question)
}

/** A private channel is shut for whoever is neither member nor staff, whatever its collections' rules say. */
function isShut(question: Question): boolean {
  if (!isPrivate(question)) return false
  const { member } = question.membership
  return member === null ? !isAdmittedStaff(question) : member.role === 'banned'
}

function isSilenced({ membership, now }: Question): boolean {
  const { member } = membership
  return member !== null && (member.role === 'banned' || (member.mutedUntil ?? 0) > now)
}

const rank: Record<MemberRole, number> = { banned: 0, member: 1, moderator: 2, owner: 3 }

/** Owners set any membership, moderators those below them; whoever is neither banned nor muted may leave. */
function judgeMembership(question: Question): boolean {
  const { action, caller, membership } = question
  if (action.verb !== 'write' && action.verb !== 'edit' && action.verb !== 'delete') return false
  if (caller.role === 'admin') return true
  const own = membership.member?.role ?? null
  // By the record's id, as a membership counts: data that names another user makes nobody its subject.
  const isOwn = caller.user !== null && action.record.id === memberRecordId(caller.user)
  // To leave would lift a ban, or a mute where the channel is public.
  if (action.verb === 'delete' && isOwn) return !isSilenced(question)
  if (own === 'owner') return true
  if (own !== 'moderator') return false
  const before = action.verb === 'write' ? null : roleIn(action.record.data)
  const after =
    action.verb === 'write' ? roleIn(action.record.data) : action.verb === 'edit' ? roleIn(action.proposed) : null
  return isBelowModerator(before) && isBelowModerator(after)
}

function isBelowModerator(role: MemberRole | null): boolean {
  return role === null || rank[role] < rank.moderator
}

function roleIn(data: unknown): MemberRole | null {
  const role = (data as { role?: unknown } | null | undefined)?.role
  return typeof role === 'string' && Object.hasOwn(rank, role) ? (role as MemberRole) : null
}

function judgeRule(question: Question, rule: AccessRule): boolean | Promise<boolean> {
  if (typeof rule === 'function') {
    const { caller, membership, action } = question
    const record = 'record' in action ? action.record : null
    return rule(
      { user: caller.user, role: caller.role, name: caller.name, member: membership.member?.role ?? null },
      record,
    )
  }
  return typeof rule === 'string' ? isAt(question, rule) : rule.some((level) => isAt(question, level))
}

function isAt(question: Question, level: Level): boolean {
  const { caller, author, membership, action } = question
  const member = membership.member === null ? 0 : rank[membership.member.role]
  const isAdmin = caller.role === 'admin'
  switch (level) {
    case 'anyone':
      return true
    case 'guest':
      return caller.user !== null
    case 'user':
      return caller.user !== null && caller.role !== 'guest'
    case 'member':
      return member >= rank.member || isAdmittedStaff(question)
    case 'moderator':
      return isAdmin || member >= rank.moderator
    case 'owner':
      return isAdmin || member >= rank.owner
    case 'author':
      return caller.user !== null && 'record' in action && action.record.author === (author ?? caller.user)
    case 'service':
      return isAdmin || caller.role === 'service'
    case 'admin':
      return isAdmin
    case 'nobody':
      return false
  }
}

/** What a caller may not know of is not found; what it may know of but not do is forbidden, or needs an identity. */
async function refusal(question: Question): Promise<Failure> {
  const { action, channel, caller } = question
  const mayKnow =
    !isPrivate(question) || (await judge({ ...question, action: { verb: 'read' } })) || action.verb === 'open'
  if (!mayKnow) return channelNotFound(channel)
  if (caller.user === null) return needsToken()
  if (action.verb === 'transfer') return new Failure('forbidden', 'Only a service may import and export records.')
  return new Failure('forbidden', 'Your rights on this channel do not allow this.')
}

export function needsToken(): Failure {
  return new Failure('unauthenticated', 'This needs a token.')
}

export function channelNotFound(channel: string): Failure {
  return new Failure('not_found', `There is no channel "${channel}" that you may know of.`)
}
