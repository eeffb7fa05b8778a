import type { Course } from './contender.ts'

/** Where the changes after a cursor are read, relative to the page. */
export function changesAddress({ channel }: Course, query: Readonly<Record<string, string>>): string {
  return `/v1/channels/${encodeURIComponent(channel)}/changes?${new URLSearchParams(query)}`
}
