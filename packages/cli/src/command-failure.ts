/** A command could not do its work, or found what should not be. The message is the one line to show; empty: all has been told. Exit code 1. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
}
