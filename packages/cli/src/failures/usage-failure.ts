/** A flag, environment variable or configuration file is invalid; the message is the one line to show. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure'
}
