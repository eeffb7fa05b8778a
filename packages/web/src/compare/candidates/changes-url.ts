import { serverPath } from '../../session/app-base.ts'
import type { CandidateTask } from './candidate.ts'

/** The URL of the changes of a channel, relative to the page. */
export function changesUrl({ channel }: CandidateTask, query: Readonly<Record<string, string>>): string {
  return serverPath(`/v1/channels/${encodeURIComponent(channel)}/changes?${new URLSearchParams(query)}`)
}
