/** Which channel a candidate reads, and from where. */
export interface CandidateTask {
  channel: string
  /** The same for all candidates. */
  cursor: string
  /** Between two polls, in ms. */
  intervalMs: number
}

/** What a candidate reports about its work. */
export interface CandidateObserver {
  /** The event with this number arrived. */
  delivered(event: number): void
  /** A request was answered. */
  answered(answer: 'news' | 'nothing'): void
  /** A connection opened on which events are pushed. */
  connected(): void
  /** Bytes arrived; `estimated` where the browser does not measure what passed on the wire. */
  received(bytes: number, certainty: 'measured' | 'estimated'): void
}

/** A candidate at work. */
export interface RunningCandidate {
  /** Resolves once it can receive events, or once it failed to connect. */
  readonly ready: Promise<void>
  stop(): void
}

/** compare/candidates/: which ways of reading are compared, and how does each read? */
export type Candidate = (task: CandidateTask, observer: CandidateObserver) => RunningCandidate
