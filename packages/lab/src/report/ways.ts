/** What each way does, in one sentence. */
import type { CandidateResult } from '../compare/results/candidate-result.ts'
import { formatInterval } from '../compare/verdict/format.ts'
import { escapeHtml } from './escape-html.ts'
import { lineKey } from './line-style.ts'

const abouts: Readonly<Record<string, string>> = {
  'long-poll': 'asks, and the server answers when something happens; then it asks again. One request for each change.',
  sse: 'Server-Sent Events: one HTTP response that does not end. The client writes by requests of their own.',
  websocket: 'one connection on which both ends send when they like.',
}

export function waysList(contenders: readonly CandidateResult[]): string {
  const items = contenders.map((candidate, index) => {
    const { name } = candidate
    return `<dt>${lineKey(index)}${escapeHtml(name)}</dt><dd>${escapeHtml(aboutOf(candidate))}</dd>`
  })
  return `<dl class="ways">${items.join('')}</dl>`
}

function aboutOf({ name, kind, intervalMs }: CandidateResult): string {
  if (kind === 'outside') return 'a server of somebody else, as it answers.'
  if (intervalMs === null) return abouts[name] ?? 'a connection that stays open.'
  const every = `asks every ${formatInterval(intervalMs)}, whether or not something happened`
  return name.startsWith('poll-etag')
    ? `${every}, and says which answer it has (ETag): where nothing is new, the answer has no body (304).`
    : `${every}.`
}
