/** Where a contender reads, and from when on. */
export interface Course {
  channel: string
  /** All begin behind the same revision. */
  cursor: string
  /** Between two polls. */
  intervalMs: number
}

/** What a contender tells of its work. */
export interface Meters {
  /** The event of this number came. */
  heard(event: number): void
  /** A request was answered. */
  asked(answer: 'news' | 'nothing'): void
  /** A connection opened, which brings what is new without being asked. */
  connected(): void
  /** Bytes that came. `estimated` where the browser does not tell what passed on the wire. */
  received(bytes: number, certainty: 'measured' | 'estimated'): void
}

/** One way of reading, under way. */
export interface Running {
  /** Fulfilled when it would hear of a change, also where it failed to get there. */
  readonly ready: Promise<void>
  stop(): void
}

export type Contender = (course: Course, meters: Meters) => Running
