/**
 * Decides whether a caller may do something in a channel: the answer of `judge.ts`, as a refusal or as yes and no. Every
 * transport asks here.
 */
import { Failure } from '../rules/failure.ts'
import { judge, type Verdict } from './judge.ts'
import { isPrivate, type Question } from './question.ts'

export type { Action, Member, Membership, Question } from './question.ts'

/** Throws `not_found`, `unauthenticated` or `forbidden`, in that order; returns where the caller may. */
export async function authorize(question: Question): Promise<void> {
  if (question.caller.refusal !== null) throw question.caller.refusal
  const answer = judge(question)
  const { allowed } = answer instanceof Promise ? await answer : answer
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
    return answer instanceof Promise ? answer.then(isAllowed, failed) : answer.allowed
  } catch (error) {
    return failed(error)
  }
}

function isAllowed({ allowed }: Verdict): boolean {
  return allowed
}

/** What a caller may not know of is not found; what it may know of but not do is forbidden, or needs an identity. */
async function refusal(question: Question): Promise<Failure> {
  const { action, channel, caller } = question
  const mayKnow =
    !isPrivate(question) || (await judge({ ...question, action: { verb: 'read' } })).allowed || action.verb === 'open'
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
