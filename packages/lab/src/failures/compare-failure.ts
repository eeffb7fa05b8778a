/** A comparison could not be made. The message is the one line to show. */
export class CompareFailure extends Error {
  override readonly name = 'CompareFailure'
}
