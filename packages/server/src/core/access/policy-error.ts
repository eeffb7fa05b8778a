/** Thrown at start for a configuration that can't be served; the message is one clear line. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
}
