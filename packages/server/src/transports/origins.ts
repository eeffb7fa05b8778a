/**
 * Which web pages may talk to this server: an exact list, or any (the default, since no cookie
 * authenticates). RFC 6454; compared as serialised origins, so case and default ports do not matter.
 */
export class Origins {
  readonly #allowed: ReadonlySet<string> | null

  constructor(allowed: readonly string[] | null) {
    this.#allowed = allowed === null ? null : new Set(allowed.flatMap((origin) => serialised(origin) ?? []))
  }

  /** `null`: any origin is. */
  get isOpen(): boolean {
    return this.#allowed === null
  }

  /** No Origin header: not a browser's page, which is what origins are about. */
  allows(origin: string | undefined): boolean {
    if (this.#allowed === null || origin === undefined) return true
    const text = serialised(origin)
    return text !== null && this.#allowed.has(text)
  }
}

/** `null`: no origin. An application's own scheme (`capacitor://localhost`) has no origin for URLs, so it is spelled out. */
function serialised(origin: string): string | null {
  if (!URL.canParse(origin)) return null
  const url = new URL(origin)
  const isBare = url.pathname === '/' || url.pathname === ''
  if (!isBare || url.search !== '' || url.hash !== '' || url.username !== '' || url.host === '') return null
  return url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin
}
