/** A verdict in a sentence. */
import { grantedRights, isStaff } from '../access/caller.ts'
import type { Verdict } from '../access/judge.ts'
import type { AccessRule } from '../access/policy.ts'
import type { Question } from '../access/question.ts'

export function because(question: Question, verdict: Verdict): string {
  const { caller, channel, membership } = question
  const who = caller.user ?? 'a caller without a token'
  const role = membership.member?.role ?? null
  switch (verdict.cause) {
    case 'own_feed':
      return 'it is the own feed of a user, which that user alone reads'
    case 'grant': {
      const rights = [...(grantedRights(caller, channel) ?? [])].join(', ')
      const has = verdict.allowed ? 'has' : 'lacks'
      return `a grant of the token counts here in place of rules and membership, and ${has} "${verdict.right}" (it has: ${rights || 'nothing'})`
    }
    case 'private':
      return isStaff(caller)
        ? `the channel is private, "${question.policy.name}.staff" is false, and ${who} is no member`
        : `the channel is private, and ${who} is no member`
    case 'ban':
      return `${who} is banned here`
    case 'mute':
      return `${who} is muted here until ${new Date(membership.member?.mutedUntil ?? 0).toISOString()}`
    case 'role':
      if (question.action.verb === 'transfer' && !verdict.allowed)
        return `only the role "service" may, and the token has "${caller.role}"`
      return `the token has the role "${caller.role}"`
    case 'membership':
      return role === null ? `${who} is no member here` : `${who} is ${role} here`
    case 'rule':
      return ofRule(question, verdict, who)
  }
}

function ofRule({ action, policy }: Question, { allowed, rule, level }: Verdict, who: string): string {
  if (rule === undefined) return 'a rule of the configuration says so'
  const path =
    'collection' in action ? `${policy.name}.${action.collection.name}.${rule.name}` : `${policy.name}.${rule.name}`
  if (typeof rule.rule === 'function')
    return `"${path}" is a function, which ${allowed ? 'admits' : 'does not admit'} ${who}${'record' in action ? ' with a record without data' : ''}`
  const met = allowed && level !== undefined ? `${who} counts as ${level}` : `${who} is none of them`
  return `"${path}" is ${levelsOf(rule.rule)}: ${met}`
}

function levelsOf(rule: Exclude<AccessRule, (...values: never[]) => unknown>): string {
  return [rule]
    .flat()
    .map((level) => `"${level}"`)
    .join(' or ')
}
