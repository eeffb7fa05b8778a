export interface FollowedClient {
  readonly name: string
  readonly version: string
  command(url: string): readonly string[]
}

/** One client that follows a stream in a process of its own, and what has come to it. */
export class Follower {
  constructor(client: FollowedClient, url: string)
  readonly client: FollowedClient
  /** Texts of the messages, in the order in which they came. */
  readonly texts: readonly string[]
  /** `back`, or what is wrong: whether all that was posted since its first text came, once and in order. */
  verdict(posted: readonly string[]): string
  stop(): Promise<void>
}
