/**
 * Which web origins (RFC 6454) may use this server: an exact list, or any, which is the default because no cookie
 * authenticates. Serialised origins are compared, so that case and default ports do not matter.
 */
export class Origins {
  readonly #allowed: ReadonlySet<string> | null

  constructor(allowed: readonly string[] | null) {
    this.#allowed = allowed === null ? null : new Set(allowed.flatMap((origin) => serialised(origin) ?? []))
  }

  /** The allowed origins; `null`: any. */
  get isOpen(): boolean {
    return this.#allowed === null
  }

  /** Whether the list names this origin: where any origin is allowed, none is named. */
  lists(origin: string): boolean {
    return this.#allowed !== null && this.allows(origin)
  }

  /** A request without an Origin header is allowed, because it does not come from a web page. */
  allows(origin: string | undefined): boolean {
    if (this.#allowed === null || origin === undefined) return true
    const text = serialised(origin)
    return text !== null && this.#allowed.has(text)
  }
}

/**
 * The serialised origin; `null`: the text is not one. `URL` gives no origin for an app's own scheme, such as
 * `capacitor://localhost`.
 */
function serialised(origin: string): string | null {
  if (!URL.canParse(origin)) return null
  const url = new URL(origin)
  const isBare = url.pathname === '/' || url.pathname === ''
  if (!isBare || url.search !== '' || url.hash !== '' || url.username !== '' || url.host === '') return null
  return url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin
}
