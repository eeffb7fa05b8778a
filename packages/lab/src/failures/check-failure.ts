/** The check could not be made; one clear line. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure'
}
