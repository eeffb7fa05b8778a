/**
 * The servers that one URL names: `postgres://user@one:5432,two:5432/database?target_session_attrs=read-write`, as libpq
 * reads it. A store writes, so of several hosts it uses the one that takes writes, whether the URL asks for it or not.
 */
const form = /^(postgres(?:ql)?:\/\/)([^/?#]*@)?([^/?#]*)([^?#]*)(\?[^#]*)?/i

/** What a server may be asked to be. A standby is of no use here. */
const attributes: ReadonlySet<string> = new Set(['any', 'read-write', 'primary'])

export class Hosts {
  /** One URL for each host. */
  readonly urls: readonly string[]
  #at = 0

  /** @throws Error with one line for people where the URL asks for something else */
  constructor(url: string) {
    const match = form.exec(url)
    if (match === null) throw new Error('this is no URL such as postgres://user@host:5432/database')
    const [, scheme = '', user = '', hosts = '', path = '', query = ''] = match
    const options = new URLSearchParams(query)
    const asked = options.get('target_session_attrs') ?? 'read-write'
    if (!attributes.has(asked))
      throw new Error(`target_session_attrs=${asked} names servers that take no writes; use read-write`)
    options.delete('target_session_attrs')
    // As libpq reads it. Without this the driver takes each mode for verify-full, and warns of it in several lines.
    if (options.has('sslmode') && !options.has('uselibpqcompat')) options.set('uselibpqcompat', 'true')
    const rest = options.size === 0 ? path : `${path}?${options}`
    this.urls = hosts.split(',').map((host) => `${scheme}${user}${host}${rest}`)
  }

  /** The URL of the host that is used now. */
  get current(): string {
    return this.urls[this.#at] ?? ''
  }

  /** Goes on to the next host, unless another call has left `failed` already. */
  leave(failed: string): void {
    if (this.current === failed) this.#at = (this.#at + 1) % this.urls.length
  }
}

/** The host in a URL of one host. */
export function hostOf(url: string): string {
  return form.exec(url)?.[3] ?? ''
}
