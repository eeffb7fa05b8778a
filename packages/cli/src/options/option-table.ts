import { isIP } from 'node:net'
import type { Limits } from 'dovetail-protocol/limits'
import type { ConfigOptions, ServerOptions } from 'dovetail-server'
import { UsageFailure } from '../failures/usage-failure.ts'
import { parseDuration } from './parse-duration.ts'
import { parseLimits, parseLimitValue } from './parse-limits.ts'

/**
 * One option: its flag, its environment variable, and how a value is read. `read` gets a flag's or variable's text,
 * a repeated flag's texts, or what a configuration file holds under the option's name, and throws UsageFailure.
 */
export interface OptionMeaning<Value> {
  readonly flags: string
  readonly variable: string
  readonly about: string
  readonly repeatable?: true
  readonly parse: (value: unknown) => Value
}

/** The options of `serve`, by their names in a configuration file. */
export const optionTable = {
  port: {
    flags: '--port <number>',
    variable: 'DOVETAIL_PORT',
    about: 'port; 0: any free one (default: 4600)',
    parse: (value: unknown) => wholeNumber(value, 0, 65_535),
  },
  host: {
    flags: '--host <address>',
    variable: 'DOVETAIL_HOST',
    about: 'address to listen on (default: 127.0.0.1 and ::1)',
    repeatable: true,
    parse: hosts,
  },
  data: {
    flags: '--data <folder>',
    variable: 'DOVETAIL_DATA',
    about: 'the SQLite file and the generated secret (default: ./data)',
    parse: text,
  },
  store: {
    flags: '--store <url>',
    variable: 'DOVETAIL_STORE',
    about: 'sqlite:<file>, postgres://… or memory: (default: sqlite:<data>/dovetail.db)',
    parse: text,
  },
  backbone: {
    flags: '--backbone <url>',
    variable: 'DOVETAIL_BACKBONE',
    about:
      'what notifies other nodes of a change: postgres://…, redis://…, rediss://…, kafka://host:port/topic, kafkas://… or memory: (default: the database of a PostgreSQL store, else memory:)',
    parse: text,
  },
  memory: {
    flags: '--memory <url>',
    variable: 'DOVETAIL_MEMORY',
    about: 'where memory namespaces, presence and shared limits live: redis://…, rediss://… or memory: (the default)',
    parse: text,
  },
  files: {
    flags: '--files <place>',
    variable: 'DOVETAIL_FILES',
    about:
      'where files are kept: a folder or s3://bucket?endpoint=…&region=… (default: <data>/files with SQLite, else nowhere)',
    parse: text,
  },
  secret: {
    flags: '--secret <file>',
    variable: 'DOVETAIL_SECRET',
    about: 'signs tokens; the variable holds the text itself (default: generated in --data)',
    parse: text,
  },
  jwks: {
    flags: '--jwks <file or URL>',
    variable: 'DOVETAIL_JWKS',
    about: 'the keys of an outside issuer of tokens (RS256, ES256, EdDSA)',
    parse: text,
  },
  jwksOverHttp: {
    flags: '--jwks-over-http',
    variable: 'DOVETAIL_JWKS_OVER_HTTP',
    about: 'read those keys from another machine by plain http too',
    parse: yesOrNo,
  },
  issuer: {
    flags: '--issuer <name>',
    variable: 'DOVETAIL_ISSUER',
    about: 'the "iss" that every token must have',
    parse: text,
  },
  audience: {
    flags: '--audience <name>',
    variable: 'DOVETAIL_AUDIENCE',
    about: 'the "aud" that every token must have',
    parse: text,
  },
  guard: {
    flags: '--guard <what>',
    variable: 'DOVETAIL_GUARD',
    about: 'metrics, docs or readyz: only tokens of services and admins may read it (default: none)',
    repeatable: true,
    parse: guarded,
  },
  log: {
    flags: '--log <level>',
    variable: 'DOVETAIL_LOG',
    about: 'fatal, error, warn, info, debug, trace or silent (default: info)',
    parse: logLevel,
  },
  traces: {
    flags: '--traces <url>',
    variable: 'DOVETAIL_TRACES',
    about: 'send traces to this collector by OTLP over HTTP, such as http://localhost:4318 (default: none)',
    parse: text,
  },
  traceRatio: {
    flags: '--trace-ratio <share>',
    variable: 'DOVETAIL_TRACE_RATIO',
    about: 'which share of the traces that begin here is kept, from 0 to 1 (default: 1)',
    parse: share,
  },
  limits: {
    flags: '--limit <name=value>',
    variable: 'DOVETAIL_LIMITS',
    about: 'sets one limit',
    repeatable: true,
    parse: limits,
  },
  retain: {
    flags: '--retain <duration>',
    variable: 'DOVETAIL_RETAIN',
    about: 'how long tombstones are kept, such as 30d (default: for ever)',
    parse: (value: unknown) => parseDuration(text(value)),
  },
  origins: {
    flags: '--origins <origin>',
    variable: 'DOVETAIL_ORIGINS',
    about:
      'web origins that may connect, or * for any (default: any; without --host and --trust-proxy only pages of this machine become guests)',
    repeatable: true,
    parse: origins,
  },
  trustProxy: {
    flags: '--trust-proxy [proxies]',
    variable: 'DOVETAIL_TRUST_PROXY',
    about: 'believe the X-Forwarded-For of the proxy that connects, of so many proxies, or of those in these networks',
    parse: trustedProxies,
  },
  drain: {
    flags: '--drain <seconds>',
    variable: 'DOVETAIL_DRAIN',
    about: 'time to leave in after SIGTERM (default: 10)',
    parse: drainSeconds,
  },
} as const satisfies Record<keyof ConfigOptions, OptionMeaning<unknown>>

export type OptionName = keyof typeof optionTable
export type OptionValues = { [Name in OptionName]?: ReturnType<(typeof optionTable)[Name]['parse']> }

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(optionTable, name)
}

function text(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new UsageFailure(typeof value === 'string' ? 'it is empty' : 'it must be text')
}

/** A list in a file, a repeated flag, or one text with commas between. */
function words(value: unknown): readonly string[] {
  const parts = Array.isArray(value) ? value.flatMap(words) : text(value).split(',')
  const found = parts.map((part) => part.trim()).filter((part) => part !== '')
  if (found.length > 0) return found
  throw new UsageFailure('it is empty')
}

/** Hosts without duplicates; an IPv6 address may have the brackets of a URL. */
function hosts(value: unknown): readonly string[] {
  return [...new Set(words(value).map((host) => host.replace(/^\[(.+)\]$/, '$1')))]
}

function wholeNumber(value: unknown, min: number, max: number): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number
  throw new UsageFailure(`"${String(value)}" is no whole number from ${min} to ${max}`)
}

function share(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && number >= 0 && number <= 1) return number
  throw new UsageFailure(`"${String(value)}" is no number from 0 to 1`)
}

const guardable: readonly Guarded[] = ['metrics', 'docs', 'readyz']
type Guarded = NonNullable<ServerOptions['guard']>[number]

function guarded(value: unknown): readonly Guarded[] {
  return words(value).map((word) => {
    const found = guardable.find((name) => name === word)
    if (found !== undefined) return found
    throw new UsageFailure(`"${word}" is none of ${guardable.join(', ')}`)
  })
}

function yesOrNo(value: unknown): boolean {
  if (typeof value === 'boolean' || value === 'true' || value === 'false') return String(value) === 'true'
  throw new UsageFailure(`"${String(value)}" is neither true nor false`)
}

/** Plain seconds, or a duration such as 10s. */
function drainSeconds(value: unknown): number {
  if (typeof value === 'string' && /[a-z]$/.test(value)) return parseDuration(value) / 1000
  return wholeNumber(value, 0, 3600)
}

/** Yes or no, the number of proxies in a row, or their addresses and networks. */
function trustedProxies(value: unknown): boolean | number | readonly string[] {
  if (typeof value === 'boolean' || value === 'true' || value === 'false') return String(value) === 'true'
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))) return wholeNumber(value, 0, 20)
  const networks = words(value)
  for (const network of networks) {
    if (isNetwork(network)) continue
    throw new UsageFailure(
      `"${network}" is neither true nor false, no number of proxies, and no network such as 10.0.0.0/8`,
    )
  }
  return networks
}

function isNetwork(text: string): boolean {
  const [address = '', prefix = '0', ...rest] = text.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits
}

const logLevels: readonly NonNullable<ServerOptions['log']>[] = [
  'fatal',
  'error',
  'warn',
  'info',
  'debug',
  'trace',
  'silent',
]

function logLevel(value: unknown): NonNullable<ServerOptions['log']> {
  const level = logLevels.find((name) => name === value)
  if (level !== undefined) return level
  throw new UsageFailure(`"${String(value)}" is none of ${logLevels.join(', ')}`)
}

function limits(value: unknown): Partial<Limits> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.assign({}, ...Object.entries(value).map(([name, number]) => parseLimitValue(name, number)))
  }
  return parseLimits(words(value))
}

/** Allowed origins; `null`: any. */
function origins(value: unknown): readonly string[] | null {
  const found = words(value)
  if (found.length === 1 && found[0] === '*') return null
  for (const origin of found) {
    if (!isOrigin(origin)) {
      throw new UsageFailure(`"${origin}" is no origin such as https://example.org`)
    }
  }
  return found
}

/** Whether a text is an origin as browsers send it. For an application's own scheme, it is a scheme and a host. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol, host } = new URL(text)
  return text === (origin === 'null' && host !== '' ? `${protocol}//${host}` : origin)
}
