/** What stands between clients and the server: a real nginx, measured with what is behind it. */
import { type Candidate, type FrontName, frontNames } from './candidate.ts'

export function findFront(text: string): FrontName | null {
  return frontNames.find((name) => name === text) ?? null
}

/** For as long as a cache may hand out the same answer: the least that nginx can be told. */
export const cacheSeconds = 1

/**
 * The same candidates as they are behind a front, under a name that says so. A cache serves answers, so those that
 * poll are behind it, and no others.
 */
export function behindFront(candidates: readonly Candidate[], front: FrontName): Candidate[] {
  return candidates
    .filter(({ kind, front: own }) => own === undefined && (front === 'tls' || kind === 'poll'))
    .map((candidate) => ({
      ...candidate,
      name: `${candidate.name}+${front}`,
      front,
    }))
}
