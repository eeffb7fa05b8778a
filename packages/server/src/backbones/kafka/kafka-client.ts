/** What all Kafka clients of a node share: how they connect to the brokers, and how they are closed. */
import { isIP } from 'node:net'
import type { BaseOptions } from '@platformatic/kafka'
import type { Clock } from '../../ports/clock.ts'
import { inTime } from '../shared/in-time.ts'
import type { KafkaAddress } from './kafka-address.ts'

export function connectionTo({ brokers, isOverTls, signIn }: KafkaAddress, clientId: string): BaseOptions {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    // TLS selects a broker behind a shared address by its name (SNI); an IP address is not a name.
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

/** Closes a Kafka client in any state. A client whose broker does not answer is not awaited. */
export async function letGo(clock: Clock, client: { close(force?: boolean): Promise<void> } | null): Promise<void> {
  if (client !== null) await inTime(clock, closeMs, client.close(true)).catch(() => {})
}

/** The innermost cause of an error of Kafka's client: the outer errors only count the attempts. */
export function deepest(error: unknown): Error {
  const inner = error instanceof AggregateError ? error.errors.at(-1) : error instanceof Error ? error.cause : undefined
  if (inner instanceof Error) return deepest(inner)
  return error instanceof Error ? error : new Error(String(error))
}
