/** Entity tags and preconditions (RFC 9110, sections 8.8.3 and 13.1). A `W/` before a tag is ignored. */
import { createHash } from 'node:crypto'
import { formatEtag } from '@dovetail/protocol'
import type { Tag } from '../../core/decide.ts'

/** The opaque parts of a header's tags; `*` stays itself. */
function opaqueTags(header: string): '*' | string[] {
  if (header.trim() === '*') return '*'
  return [...header.matchAll(/(?:W\/)?"([^"]*)"/g)].map((match) => match[1] ?? '')
}

/** Whether If-None-Match says that the client has this already. `etag` is quoted. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const tags = opaqueTags(header)
  return tags === '*' || tags.some((tag) => `"${tag}"` === etag)
}

/** The revisions that a precondition names; tags that are none of ours match nothing. */
export function namedRevisions(header: string): '*' | Tag[] {
  const tags = opaqueTags(header)
  if (tags === '*') return '*'
  return tags.flatMap((tag) => {
    const match = /^([A-Za-z0-9]+)-([1-9][0-9]{0,15})$/.exec(tag)
    return match === null ? [] : [{ epoch: match[1] ?? '', rev: Number(match[2]) }]
  })
}

export const recordEtag = formatEtag

/** A page's tag: of the query and the cursor, since nothing else changes it. */
export function pageEtag(query: string, cursor: string): string {
  const digest = createHash('sha1').update(query).digest('base64url').slice(0, 12)
  return `"${cursor}-${digest}"`
}

/** The tag of a reply that has no one cursor: of all its text. */
export function textEtag(text: string): string {
  return `"${createHash('sha1').update(text).digest('base64url')}"`
}
