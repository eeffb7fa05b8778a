import type { Limits } from '@dovetail/protocol/limits'
import type { ConfigOptions, ServerOptions } from '@dovetail/server'
import { UsageFailure } from '../usage-failure.ts'
import { readDuration } from './duration.ts'
import { checkLimit, readLimits } from './limits.ts'

/**
 * One option: its flag, its environment variable, and how a value is read. `read` gets a flag's or variable's text,
 * a repeated flag's texts, or what a configuration file holds under the option's name, and throws UsageFailure.
 */
export interface OptionMeaning<Value> {
  readonly flags: string
  readonly variable: string
  readonly about: string
  readonly repeatable?: true
  readonly read: (value: unknown) => Value
}

/** What `serve` can be told, by the name it has in a configuration file. */
export const optionTable = {
  port: {
    flags: '--port <number>',
    variable: 'DOVETAIL_PORT',
    about: 'port; 0: any free one (default: 4600)',
    read: (value: unknown) => wholeNumber(value, 0, 65_535),
  },
  host: {
    flags: '--host <address>',
    variable: 'DOVETAIL_HOST',
    about: 'address to listen on (default: 127.0.0.1 and ::1)',
    repeatable: true,
    read: hosts,
  },
  data: {
    flags: '--data <folder>',
    variable: 'DOVETAIL_DATA',
    about: 'the SQLite file and the generated secret (default: ./data)',
    read: text,
  },
  store: {
    flags: '--store <url>',
    variable: 'DOVETAIL_STORE',
    about: 'sqlite:<file>, postgres://… or memory: (default: sqlite:<data>/dovetail.db)',
    read: text,
  },
  backbone: {
    flags: '--backbone <url>',
    variable: 'DOVETAIL_BACKBONE',
    about:
      'what tells other nodes of a change: redis://…, rediss://…, kafka://host:port/topic, kafkas://… or memory: (the default)',
    read: text,
  },
  memory: {
    flags: '--memory <url>',
    variable: 'DOVETAIL_MEMORY',
    about: 'where memory namespaces, presence and shared limits live: redis://…, rediss://… or memory: (the default)',
    read: text,
  },
  secret: {
    flags: '--secret <file>',
    variable: 'DOVETAIL_SECRET',
    about: 'signs tokens; the variable holds the text itself (default: generated in --data)',
    read: text,
  },
  jwks: {
    flags: '--jwks <file or URL>',
    variable: 'DOVETAIL_JWKS',
    about: 'the keys of an outside issuer of tokens (RS256, ES256, EdDSA)',
    read: text,
  },
  issuer: {
    flags: '--issuer <name>',
    variable: 'DOVETAIL_ISSUER',
    about: 'the "iss" that every token must have',
    read: text,
  },
  audience: {
    flags: '--audience <name>',
    variable: 'DOVETAIL_AUDIENCE',
    about: 'the "aud" that every token must have',
    read: text,
  },
  log: {
    flags: '--log <level>',
    variable: 'DOVETAIL_LOG',
    about: 'fatal, error, warn, info, debug, trace or silent (default: info)',
    read: logLevel,
  },
  limits: {
    flags: '--limit <name=value>',
    variable: 'DOVETAIL_LIMITS',
    about: 'sets one limit',
    repeatable: true,
    read: limits,
  },
  retain: {
    flags: '--retain <duration>',
    variable: 'DOVETAIL_RETAIN',
    about: 'how long tombstones are kept, such as 30d (default: for ever)',
    read: (value: unknown) => readDuration(text(value)),
  },
  origins: {
    flags: '--origins <origin>',
    variable: 'DOVETAIL_ORIGINS',
    about: 'web origins that may connect (default: any)',
    repeatable: true,
    read: origins,
  },
  trustProxy: {
    flags: '--trust-proxy',
    variable: 'DOVETAIL_TRUST_PROXY',
    about: 'believe the X-Forwarded-For of whoever connects',
    read: yesOrNo,
  },
  drain: {
    flags: '--drain <seconds>',
    variable: 'DOVETAIL_DRAIN',
    about: 'time to leave in after SIGTERM (default: 10)',
    read: drainSeconds,
  },
} as const satisfies Record<keyof ConfigOptions, OptionMeaning<unknown>>

export type OptionName = keyof typeof optionTable
export type OptionValues = { [Name in OptionName]?: ReturnType<(typeof optionTable)[Name]['read']> }

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

/** Each once; an IPv6 address with or without the brackets that it has in a URL. */
function hosts(value: unknown): readonly string[] {
  return [...new Set(words(value).map((host) => host.replace(/^\[(.+)\]$/, '$1')))]
}

function wholeNumber(value: unknown, min: number, max: number): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number
  throw new UsageFailure(`"${String(value)}" is no whole number from ${min} to ${max}`)
}

/** Plain seconds, or a duration such as 10s. */
function drainSeconds(value: unknown): number {
  if (typeof value === 'string' && /[a-z]$/.test(value)) return readDuration(value) / 1000
  return wholeNumber(value, 0, 3600)
}

function yesOrNo(value: unknown): boolean {
  if (value === true || value === 'true' || value === '1') return true
  if (value === false || value === 'false' || value === '0') return false
  throw new UsageFailure(`"${String(value)}" is neither true nor false`)
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
    return Object.assign({}, ...Object.entries(value).map(([name, number]) => checkLimit(name, number)))
  }
  return readLimits(words(value))
}

/** `null`: any. */
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

/** As browsers send it; an application's own scheme, which no standard gives an origin, is a scheme and a host. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol, host } = new URL(text)
  return text === (origin === 'null' && host !== '' ? `${protocol}//${host}` : origin)
}
