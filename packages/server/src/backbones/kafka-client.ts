/** What all clients of Kafka here share: how they reach the brokers, and how they are let go. */
import { isIP } from 'node:net'
import type { BaseOptions } from '@platformatic/kafka'
import type { Clock } from '../ports/clock.ts'
import { inTime } from './in-time.ts'
import type { KafkaAddress } from './kafka-address.ts'

export function connectionTo({ brokers, isOverTls, signIn }: KafkaAddress, clientId: string): BaseOptions {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    // Brokers behind one address are told apart by their names; an address is none.
    ...(isOverTls ? { tls: {}, tlsServerName: brokers.some(isNamed) } : {}),
    ...(signIn === null
      ? {}
      : { sasl: { mechanism: signIn.mechanism, username: signIn.user, password: signIn.password } }),
  }
}

const closeMs = 2000

function isNamed(broker: string): boolean {
  return isIP(broker.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')) === 0
}

/** Closes a client of Kafka whatever state it is in; one whose broker does not answer is left to itself. */
export async function letGo(clock: Clock, client: { close(force?: boolean): Promise<void> } | null): Promise<void> {
  if (client !== null) await inTime(clock, closeMs, client.close(true)).catch(() => {})
}

/** What lies at the bottom of a failure of Kafka's client: on top it only counts how often it tried. */
export function deepest(error: unknown): Error {
  const inner = error instanceof AggregateError ? error.errors.at(-1) : error instanceof Error ? error.cause : undefined
  if (inner instanceof Error) return deepest(inner)
  return error instanceof Error ? error : new Error(String(error))
}
