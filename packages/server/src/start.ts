/** Puts a node together and starts it. Returns its stop, which drains. */
import type { Limits } from '@dovetail/protocol'
import { openKeySet } from './auth/key-set.ts'
import { makeFolder } from './auth/make-folder.ts'
import { loadOrMakeSecret, minSecretLength } from './auth/secret.ts'
import { Tokens } from './auth/tokens.ts'
import { assemble } from './core/assemble.ts'
import type { Core } from './core/core.ts'
import { type Config, compilePolicies, type Policies } from './core/policy.ts'
import { PolicyError } from './core/policy-error.ts'
import { fittingLimits } from './fitting-limits.ts'
import { Node } from './node.ts'
import { openBackbone, openMemoryPlace, openStore, StartFailure } from './open.ts'
import { requirePairing } from './pairing.ts'
import type { Running, ServerOptions } from './server-options.ts'
import { systemClock } from './system-clock.ts'
import { openLog } from './telemetry/log.ts'
import { timeOrderedIds } from './time-ordered-ids.ts'

export type { Running, ServerOptions } from './server-options.ts'

const catchUpBytes = 262_144

export async function start(options: ServerOptions): Promise<Running> {
  const limits = fittingLimits(options.limits)
  const policies = policiesOf(options.config)
  requirePairing(options, policies)
  const data = options.data ?? 'data'
  if (options.store === undefined || options.secret === undefined) await makeData(data)
  const secret = await secretOf(options, data)
  const keySet = await keySetOf(options.jwks)
  const clock = options.adapters?.clock ?? systemClock
  const log = openLog(options.log ?? 'info')
  const report: Core['report'] = (error, doing) =>
    log.error({ cause: String((error as Error)?.stack ?? error) }, `${doing} failed`)
  const { issuer, audience } = options
  const tokens = new Tokens({ secret, clock, leewaySeconds: limits.leewaySeconds, keySet, issuer, audience })
  // Whoever has been opened is let go of where a later one fails.
  const opened: { close(): Promise<void> }[] = []
  const opening = async <Part extends { close(): Promise<void> }>(part: Promise<Part>): Promise<Part> => {
    opened.push(await part)
    return part
  }
  try {
    const backbone = await opening(
      Promise.resolve(options.adapters?.backbone ?? openBackbone(options.backbone, { clock, report })),
    )
    const { store, accounts, watch } = await openStore(options.store, data)
    const durable = await opening(Promise.resolve(options.adapters?.store?.(store) ?? store))
    const memory = await opening(openMemoryPlace(options.memory, { clock, report, leaseMs: leaseMs(limits) }))
    const core = assemble({
      clock,
      limits,
      policies,
      durable,
      volatile: memory.store,
      accounts,
      backbone,
      watches: { durable: watch, volatile: memory.watch },
      shared: memory.shared,
      verify: (token) => tokens.verify(token),
      newId: timeOrderedIds(),
      report,
      catchUp: { limit: limits.changes, bytes: Math.min(catchUpBytes, limits.replyBytes) },
    })
    const node = new Node({ options, core, tokens, secret, log, stores: [durable, memory.store] })
    opened.splice(0, opened.length, node)
    return await node.start()
  } catch (error) {
    for (const part of opened.reverse()) await part.close()
    throw error
  }
}

/** With the time between two beats it stays within `presenceSeconds`; shorter ones would end nodes that were only busy. */
function leaseMs({ presenceSeconds }: Limits): number {
  return Math.max(3000, (presenceSeconds * 1000 * 2) / 3)
}

function policiesOf(config: Config): Policies {
  try {
    return compilePolicies(config)
  } catch (error) {
    if (error instanceof PolicyError) throw new StartFailure(error.message, { cause: error })
    throw error
  }
}

async function secretOf(options: ServerOptions, data: string): Promise<string> {
  const { secret } = options
  if (secret !== undefined) {
    if (secret.length < minSecretLength)
      throw new StartFailure(`secret: it has ${secret.length} characters; ${minSecretLength} are needed`)
    return secret
  }
  try {
    return await loadOrMakeSecret(data)
  } catch (cause) {
    throw new StartFailure(`data: ${(cause as Error).message}`, { cause })
  }
}

async function keySetOf(source: string | undefined) {
  try {
    return source === undefined ? undefined : await openKeySet(source)
  } catch (cause) {
    throw new StartFailure(`jwks: ${(cause as Error).message}`, { cause })
  }
}

async function makeData(data: string): Promise<void> {
  try {
    await makeFolder(data)
  } catch (cause) {
    throw new StartFailure(`data: ${(cause as Error).message}`, { cause })
  }
}
