/**
 * What is asked of `judge.ts`: who wants to do what, where, and what the log says of them there. Here are also the answers of
 * the single rules of a configuration.
 */
import type { ChannelFacts } from '../../ports/store.ts'
import { type Caller, isStaff } from './caller.ts'
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
  /** To upload files. */
  | { readonly verb: 'attach' }
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

export function isPrivate({ policy, membership }: Pick<Question, 'policy' | 'membership'>): boolean {
  return policy.private || membership.facts?.visibility === 'private'
}

/** A backend or an administrator, whom the configuration lets into private channels. */
export function isAdmittedStaff(question: Question): boolean {
  return isStaff(question.caller) && question.policy.staff && isPrivate(question)
}

export const rank: Readonly<Record<MemberRole, number>> = { banned: 0, member: 1, moderator: 2, owner: 3 }

export interface RuleAnswer {
  readonly allowed: boolean
  /** The first level that the caller has; absent: none, or the rule is a function. */
  readonly level?: Level
}

const refused: RuleAnswer = { allowed: false }

export function askRule(question: Question, rule: AccessRule): RuleAnswer | Promise<RuleAnswer> {
  if (typeof rule === 'function') {
    const { caller, membership, action } = question
    const record = 'record' in action ? action.record : null
    const answer = rule(
      { user: caller.user, role: caller.role, name: caller.name, member: membership.member?.role ?? null },
      record,
    )
    return typeof answer === 'boolean'
      ? { allowed: answer }
      : Promise.resolve(answer).then((allowed) => ({ allowed: Boolean(allowed) }))
  }
  const level = typeof rule === 'string' ? rule : rule.find((each) => hasLevel(question, each))
  return level !== undefined && hasLevel(question, level) ? { allowed: true, level } : refused
}

export function hasLevel(question: Question, level: Level): boolean {
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
