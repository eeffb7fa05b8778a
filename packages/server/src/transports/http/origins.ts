/**
 * Which web pages may use this server, by their origin (RFC 6454). Serialised origins are compared, so that case and
 * default ports do not matter.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { Failure } from '../../core/rules/failure.ts'
import { isLoopbackName } from './loopback-name.ts'

/**
 * An exact list; `any`, because no cookie authenticates; or `loopback`: any page may read what anyone may read, and only
 * a page of this machine becomes a guest or opens a socket without a token. A page of another site may have a name that
 * leads to this machine (DNS rebinding), and its requests are then of its own origin to the browser: the name in `Host`
 * gives it away.
 */
export type AllowedOrigins = readonly string[] | 'any' | 'loopback'

/** What says where a server is used. */
export interface OriginOptions {
  /** `null`: any. */
  readonly origins?: readonly string[] | null
  readonly host?: readonly string[]
  readonly trustProxy?: boolean | number | readonly string[]
}

/**
 * A server of whose use nothing is said is somebody's own, such as in development: pages of this machine drive it. Whoever says where it listens, which pages may come or that a proxy is in front decides about all others.
 */
export function allowedOrigins({ origins, host, trustProxy }: OriginOptions): AllowedOrigins {
  if (origins !== undefined) return origins ?? 'any'
  return host === undefined && (trustProxy === undefined || trustProxy === false) ? 'loopback' : 'any'
}

export class Origins {
  readonly #allowed: ReadonlySet<string> | 'any' | 'loopback'

  constructor(allowed: AllowedOrigins) {
    this.#allowed =
      typeof allowed === 'string' ? allowed : new Set(allowed.flatMap((origin) => serialised(origin) ?? []))
  }

  /** Whether pages of any origin may read from this server. */
  get isOpen(): boolean {
    return typeof this.#allowed === 'string'
  }

  /** Whether the list names this origin: where there is no list, none is named. */
  lists(origin: string): boolean {
    return typeof this.#allowed !== 'string' && this.allows(origin)
  }

  /** A request without an Origin header is allowed, because it does not come from a web page of another origin. */
  allows(origin: string | undefined): boolean {
    if (typeof this.#allowed === 'string' || origin === undefined) return true
    const text = serialised(origin)
    return text !== null && this.#allowed.has(text)
  }

  /** The refusal of any request for what it says of its page and of this server's name; `null`: there is none. */
  refusalOf({ origin, host }: Pick<IncomingHttpHeaders, 'origin' | 'host'>): Failure | null {
    if (!this.allows(origin)) return new Failure('forbidden', 'This origin is not allowed.')
    if (this.#allowed !== 'loopback' || !isSitesHost(host)) return null
    return new Failure('forbidden', `The Host is the name of a site: ${onlyHere}. ${howToAllow}`)
  }

  /** The refusal of a page that has no token, to become a guest or to open a socket; `null`: there is none. */
  refusalWithoutToken({ origin }: Pick<IncomingHttpHeaders, 'origin'>): Failure | null {
    if (this.#allowed !== 'loopback' || origin === undefined || isOfThisMachine(origin)) return null
    return new Failure('forbidden', `This origin is not allowed: ${onlyHere}. The option "origins" allows others.`)
  }
}

const onlyHere = 'this server was started for pages of its own machine'
const howToAllow = 'Behind a proxy, start it with "trustProxy"; the option "host" or "origins" ends this rule, too.'

function isOfThisMachine(origin: string): boolean {
  const text = serialised(origin)
  return text !== null && isLoopbackName(new URL(text).hostname)
}

/**
 * Whether a page of another site can have this name: one with a dot, which DNS can lead anywhere. A bare name, such as
 * that of a container, belongs to no site, and an address leads nowhere else.
 */
function isSitesHost(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  if (isLoopbackName(hostname) || hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname)) return false
  return hostname.replace(/\.$/, '').includes('.')
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
