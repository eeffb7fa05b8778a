/** What the caller typed, set or wrote in a configuration file can't be meant; the message is the one line to show. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure'
}
