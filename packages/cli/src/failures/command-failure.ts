/** A command failed, or found a fault. The message is the one line to show; empty: everything has been printed. Exit code 1. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
}
