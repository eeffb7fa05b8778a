/**
 * The one decision about rights: whether a caller may do something in a channel, and what decided it: the policy, the
 * caller's membership, or the token's grants. Where a grant matches the channel, its rights replace the policy's answer;
 * what a record's author alone may do stays theirs, unless the grant says `manage`.
 */
import { memberRecordId, userOfOwnFeed } from 'dovetail-protocol'
import { grantedRights, type Right } from './caller.ts'
import type { AccessRule, CollectionPolicy, Level, MemberRole } from './policy.ts'
import { askRule, hasLevel, isAdmittedStaff, isPrivate, type Question, type RuleAnswer, rank } from './question.ts'

/**
 * What decided: `own_feed`: it is a user's own feed, which that user alone reads; `grant`: a grant of the token; `private`:
 * the channel is, and the caller is no member; `ban` and `mute` of the membership; `role`: that of the token; `membership`:
 * who sets whose membership; `rule`: a rule of the configuration.
 */
export type Cause = 'own_feed' | 'grant' | 'private' | 'ban' | 'mute' | 'role' | 'membership' | 'rule'

export interface Verdict {
  readonly allowed: boolean
  readonly cause: Cause
  /** The right that a grant gives or lacks. */
  readonly right?: Right
  /** The rule that decided, such as `read` of the namespace or `edit` of the collection. */
  readonly rule?: { readonly name: RuleName; readonly rule: AccessRule }
  /** The first level of the rule that the caller has; absent: none, or the rule is a function. */
  readonly level?: Level
}

export type RuleName = 'read' | 'signals' | 'files.upload' | 'create' | 'write' | 'edit' | 'delete'

const verdicts = Object.fromEntries(
  (['own_feed', 'private', 'ban', 'mute', 'role', 'membership'] as const).map((cause) => [
    cause,
    { yes: { allowed: true, cause }, no: { allowed: false, cause } },
  ]),
) as Readonly<Record<Exclude<Cause, 'grant' | 'rule'>, { readonly yes: Verdict; readonly no: Verdict }>>

const say = (cause: keyof typeof verdicts, allowed: boolean): Verdict => verdicts[cause][allowed ? 'yes' : 'no']

export function judge(question: Question): Verdict | Promise<Verdict> {
  const feedOf = userOfOwnFeed(question.channel)
  if (feedOf !== null) return say('own_feed', question.action.verb === 'read' && question.caller.user === feedOf)
  const granted = grantedRights(question.caller, question.channel)
  return granted === null ? judgeByPolicy(question) : judgeByGrant(question, granted)
}

function judgeByGrant(question: Question, granted: ReadonlySet<Right>): Verdict | Promise<Verdict> {
  const { action } = question
  const byRight = (right: Right): Verdict => ({ allowed: granted.has(right), cause: 'grant', right })
  switch (action.verb) {
    case 'read':
    case 'signal':
      return byRight(action.verb)
    case 'attach':
      return byRight('write')
    case 'manage':
    case 'open':
      return byRight('manage')
    case 'transfer':
      return question.caller.role === 'service' ? byRight('manage') : say('role', false)
    case 'write':
      return byRight(isMembers(action.collection) ? 'manage' : 'write')
    case 'edit':
    case 'delete':
      if (granted.has('manage')) return byRight('manage')
      if (isMembers(action.collection)) return byRight('manage')
      if (!granted.has('write')) return byRight('write')
      return judgeRule(question, action.verb, action.collection[action.verb])
  }
}

function judgeByPolicy(question: Question): Verdict | Promise<Verdict> {
  const { action, policy, membership } = question
  switch (action.verb) {
    case 'read':
      return shutBy(question) ?? judgeRule(question, 'read', policy.read)
    case 'signal':
      return shutBy(question) ?? silencedBy(question) ?? judgeRule(question, 'signals', policy.signals)
    case 'attach':
      return (
        shutBy(question) ??
        silencedBy(question) ??
        judgeRule(question, 'files.upload', policy.files?.upload ?? 'nobody')
      )
    case 'open':
      return judgeRule(question, 'create', policy.create)
    case 'manage':
      return say(question.caller.role === 'admin' ? 'role' : 'membership', hasLevel(question, 'owner'))
    case 'transfer':
      return say('role', question.caller.role === 'service')
    case 'write':
    case 'edit': {
      const closed = shutBy(question) ?? silencedBy(question)
      if (closed !== null) return closed
      if (isMembers(action.collection)) return judgeMembership(question)
      return judgeRule(question, action.verb, action.collection[action.verb])
    }
    case 'delete': {
      const shut = shutBy(question)
      if (shut !== null) return shut
      if (membership.member?.role === 'banned') return say('ban', false)
      return isMembers(action.collection)
        ? judgeMembership(question)
        : judgeRule(question, 'delete', action.collection.delete)
    }
  }
}

function isMembers(collection: CollectionPolicy): boolean {
  return collection.name === 'members'
}

/** A private channel is shut for whoever is neither member nor staff, whatever its collections' rules say. `null`: it is not. */
function shutBy(question: Question): Verdict | null {
  if (!isPrivate(question)) return null
  const { member } = question.membership
  if (member === null) return isAdmittedStaff(question) ? null : say('private', false)
  return member.role === 'banned' ? say('ban', false) : null
}

/** `null`: the caller is neither banned nor muted. */
export function silencedBy({ membership, now }: Pick<Question, 'membership' | 'now'>): Verdict | null {
  const { member } = membership
  if (member === null) return null
  if (member.role === 'banned') return say('ban', false)
  return (member.mutedUntil ?? 0) > now ? say('mute', false) : null
}

/** Owners set any membership, moderators those below them; whoever is neither banned nor muted may leave. */
function judgeMembership(question: Question): Verdict {
  const { action, caller, membership } = question
  if (action.verb !== 'write' && action.verb !== 'edit' && action.verb !== 'delete') return say('membership', false)
  if (caller.role === 'admin') return say('role', true)
  const own = membership.member?.role ?? null
  // By the record's id, as a membership counts: data that names another user makes nobody its subject.
  const isOwn = caller.user !== null && action.record.id === memberRecordId(caller.user)
  // To leave would lift a ban, or a mute where the channel is public.
  if (action.verb === 'delete' && isOwn) return silencedBy(question) ?? say('membership', true)
  if (own === 'owner') return say('membership', true)
  if (own !== 'moderator') return say('membership', false)
  const before = action.verb === 'write' ? null : roleIn(action.record.data)
  const after =
    action.verb === 'write' ? roleIn(action.record.data) : action.verb === 'edit' ? roleIn(action.proposed) : null
  return say('membership', isBelowModerator(before) && isBelowModerator(after))
}

function isBelowModerator(role: MemberRole | null): boolean {
  return role === null || rank[role] < rank.moderator
}

function roleIn(data: unknown): MemberRole | null {
  const role = (data as { role?: unknown } | null | undefined)?.role
  return typeof role === 'string' && Object.hasOwn(rank, role) ? (role as MemberRole) : null
}

function judgeRule(question: Question, name: RuleName, rule: AccessRule): Verdict | Promise<Verdict> {
  const answer = askRule(question, rule)
  const verdict = ({ allowed, level }: RuleAnswer): Verdict =>
    level === undefined
      ? { allowed, cause: 'rule', rule: { name, rule } }
      : { allowed, cause: 'rule', rule: { name, rule }, level }
  return answer instanceof Promise ? answer.then(verdict) : verdict(answer)
}
