/** Opens all parts of a node by its options and assembles them. */
import type { Limits } from 'dovetail-protocol'
import { ApiKeyVerifier, isApiKey } from '../auth/api-keys.ts'
import { KeySet } from '../auth/key-set.ts'
import { keySourceOf } from '../auth/key-source.ts'
import { makeFolder, privateFolder } from '../auth/make-folder.ts'
import { loadOrMakeSecret, minSecretLength } from '../auth/secret.ts'
import { Tokens } from '../auth/tokens.ts'
import { type Config, compilePolicies, type Policies } from '../core/access/policy.ts'
import { PolicyError } from '../core/access/policy-config.ts'
import { assemble, type CoreParts } from '../core/assemble.ts'
import type { Core } from '../core/core.ts'
import { OutboxRelay } from '../core/outbox/relay.ts'
import { whereFilesAre } from '../files/where-files-are.ts'
import { serviceCaller } from '../in-process/service-caller.ts'
import {
  type DurableStore,
  type MemoryNamespaces,
  openBackbone,
  openFiles,
  openMemoryNamespaces,
  openPostgresBackbone,
  openStore,
  type Services,
  StartFailure,
} from '../open.ts'
import type { Backbone } from '../ports/backbone.ts'
import type { Clock } from '../ports/clock.ts'
import type { ApplicationOutbox, Outbox } from '../ports/outbox/outbox.ts'
import type { Tracing } from '../ports/tracing/tracing.ts'
import { type Logger, openLog } from '../telemetry/log.ts'
import { logEvent } from '../telemetry/log-events.ts'
import { openTracing } from '../tracing/open-tracing.ts'
import { version } from '../version.ts'
import { declaredStore } from './declared-store.ts'
import { fittingLimits } from './fitting-limits.ts'
import { warnOfLooseModes } from './loose-modes.ts'
import { Node } from './node.ts'
import { webhookDefinitions, webhooksOf } from './open-webhooks.ts'
import { type ChosenBackbone, chooseBackbone, isInPostgres, requirePairing } from './pairing.ts'
import type { ServerOptions } from './server-options.ts'
import { systemClock } from './system-clock.ts'
import { timeOrderedIds } from './time-ordered-ids.ts'

const catchUpBytes = 262_144

/**
 * A node that is open, and serves once `serve` has started it. Where `serve` fails, all parts are closed again.
 * `basePath`: the path in front of `/v1`.
 */
export async function openNode<Served>(
  options: ServerOptions,
  serve: (node: Node, core: Core, outbox: ApplicationOutbox | null) => Promise<Served>,
  basePath = '',
): Promise<Served> {
  const limits = fittingLimits(options.limits)
  const policies = pairedPolicies(options)
  const definitions = await webhookDefinitions(options.config)
  const data = await dataFolderOf(options)
  const secret = await secretOf(options, data)
  const clock = options.adapters?.clock ?? systemClock
  const log = openLog(options.log ?? 'info')
  const report = reportTo(log)
  const { keySet, tokens } = await openTokens(options, secret, clock, limits, report)
  await warnOfLooseModes(data, log)
  const parts = new OpenParts()
  try {
    const tracing = await openTracing(options.tracing, version, report)
    if (tracing !== null) await parts.open(Promise.resolve(tracing))
    const services = { clock, report, leaseMs: leaseMs(limits) }
    const storage = await openStorage(parts, { options, policies, data, log, services })
    const { durable, memory, apiKeys, webhookNotes } = storage
    const callers = callersOf(tokens, new ApiKeyVerifier(apiKeys, clock, report))
    const core = await openCore({ options, policies, data, log, services }, { storage, limits, callers, tracing })
    const relay = relayOf(storage.outbox, core)
    const stores = [durable, memory.store]
    const webhooks = webhooksOf(core, webhookNotes, definitions, (line) => logEvent(log, 'warning', {}, line))
    const node = new Node({ options, core, tokens, keySet, secret, log, relay, webhooks, stores, apiKeys, basePath })
    parts.handOverTo(node)
    return await serve(node, core, storage.applicationOutbox)
  } catch (error) {
    keySet?.stop()
    await parts.close()
    throw error
  }
}

interface StorageOptions {
  readonly options: ServerOptions
  readonly policies: Policies
  readonly data: string
  readonly log: Logger
  readonly services: Parameters<typeof openMemoryNamespaces>[1]
}

/** The core over the stores that were opened. */
async function openCore(
  { options, policies, data, log, services: { clock, report } }: StorageOptions,
  {
    storage,
    limits,
    callers,
    tracing,
  }: {
    readonly storage: Awaited<ReturnType<typeof openStorage>>
    readonly limits: Limits
    readonly callers: ReturnType<typeof callersOf>
    readonly tracing: Tracing | null
  },
): Promise<Core> {
  const logLine = (line: string) => logEvent(log, 'progress', {}, line)
  const fileStorage = await openFiles(options, data, clock)
  const areFilesTaken = [...policies.namespaces.values()].some(({ files }) => files !== null)
  const filesLine = whereFilesAre(options, fileStorage, areFilesTaken)
  if (filesLine !== null) logLine(filesLine)
  return assemble({
    clock,
    limits,
    policies,
    report,
    tracing,
    durable: await declaredStore(storage.durable, policies, log),
    stored: storage.durable,
    volatile: storage.memory.store,
    accounts: storage.accounts,
    consumers: storage.consumers,
    files: { table: storage.files, storage: fileStorage },
    backbone: storage.backbone,
    watches: { durable: storage.watch, volatile: storage.memory.watch },
    reindexing: storage.reindexing,
    shared: storage.shared,
    ...callers,
    newId: timeOrderedIds(),
    logLine,
    catchUp: catchUpOf(limits),
  })
}

/** The stores, and what joins this node with others. */
async function openStorage(parts: OpenParts, { options, policies, data, log, services }: StorageOptions) {
  const { address, line } = backboneOf(options, policies)
  const before = isInPostgres(address) ? null : await parts.open(openOther(options, address, services))
  const { store, historyId, ...kept } = await openDurable(options, data, log, line)
  const durable = await parts.open(Promise.resolve(store))
  const memory = await parts.open(openMemoryNamespaces(options.memory, services))
  const { backbone, shared } = before ?? (await parts.open(openInStore(address, { ...services, historyId })))
  return { ...kept, durable, memory, backbone, shared: memory.shared ?? shared }
}

/** Tests bring one of their own. */
function backboneOf(options: ServerOptions, policies: Policies): ChosenBackbone {
  return options.adapters?.backbone === undefined
    ? chooseBackbone(options, policies)
    : { address: 'memory:', line: null }
}

/** What joins this node with others. `shared`: what they share beside the notifications; `null`: nothing. */
type Joint = Closable & { readonly backbone: Backbone; readonly shared: MemoryNamespaces['shared'] }

/** Opened before the store, so that a wrong address is reported first. One in the store's database needs the store's schema. */
async function openOther({ adapters }: ServerOptions, address: string, services: Services): Promise<Joint> {
  const backbone = adapters?.backbone ?? (await openBackbone(address, services))
  return { backbone, shared: null, close: () => backbone.close() }
}

async function openInStore(address: string, options: Parameters<typeof openPostgresBackbone>[1]): Promise<Joint> {
  const joint = await openPostgresBackbone(address, options)
  return { ...joint, close: () => joint.backbone.close() }
}

interface Closable {
  close(): Promise<void>
}

/** What is open until now: where one part fails to open, those before it are closed. */
class OpenParts implements Closable {
  #parts: Closable[] = []

  async open<Part extends Closable>(part: Promise<Part>): Promise<Part> {
    this.#parts.push(await part)
    return part
  }

  /** From now on, `owner` closes them. */
  handOverTo(owner: Closable): void {
    this.#parts = [owner]
  }

  async close(): Promise<void> {
    for (const part of this.#parts.reverse()) await part.close()
  }
}

/** `line` is logged once the store is open: a start that fails has one line. */
async function openDurable(
  { store: url, sqliteDriver, adapters }: ServerOptions,
  data: string,
  log: Logger,
  line: string | null,
): Promise<DurableStore> {
  const onNewHistory = (notice: string) => logEvent(log, 'warning', {}, notice)
  const opened = await openStore(url, data, { onNewHistory, sqliteDriver })
  if (line !== null) logEvent(log, 'warning', {}, line)
  return { ...opened, store: adapters?.store?.(opened.store) ?? opened.store }
}

function relayOf(outbox: Outbox | null, core: Core): OutboxRelay | null {
  return outbox === null ? null : new OutboxRelay({ outbox, core, caller: serviceCaller('service') })
}

/** A bearer token is an API key or a JWT, and says by its form which. */
function callersOf(tokens: Tokens, apiKeys: ApiKeyVerifier): Pick<CoreParts, 'verify' | 'isWithdrawn'> {
  return {
    verify: (token) => (isApiKey(token) ? apiKeys.verify(token) : tokens.verify(token)),
    isWithdrawn: (caller) => tokens.isWithdrawn(caller),
  }
}

function catchUpOf({ changes, replyBytes }: Limits) {
  return { limit: changes, bytes: Math.min(catchUpBytes, replyBytes) }
}

/** The presence lease of a node, in ms: it ends within `presenceSeconds`, but not while a node is only busy. */
function leaseMs({ presenceSeconds }: Limits): number {
  return Math.max(3000, (presenceSeconds * 1000 * 2) / 3)
}

function pairedPolicies(options: ServerOptions): Policies {
  const policies = policiesOf(options.config)
  requirePairing(options, policies)
  return policies
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

async function openTokens(
  options: ServerOptions,
  secret: string,
  clock: Clock,
  limits: Limits,
  report: Core['report'],
): Promise<{ readonly keySet: KeySet | null; readonly tokens: Tokens }> {
  const { issuer, audience } = options
  const keySet = await keySetOf(options, clock, report)
  return {
    keySet,
    tokens: new Tokens({ secret, clock, leewaySeconds: limits.leewaySeconds, keySet, issuer, audience }),
  }
}

async function keySetOf(options: ServerOptions, clock: Clock, report: Core['report']): Promise<KeySet | null> {
  const { jwks, jwksOverHttp = false } = options
  try {
    if (jwks === undefined) return null
    return await KeySet.open({ source: keySourceOf(jwks, jwksOverHttp), clock, report })
  } catch (cause) {
    throw new StartFailure(`jwks: ${(cause as Error).message}`, { cause })
  }
}

/** The folder is made where something has to be kept there. */
async function dataFolderOf({ data = 'data', store, secret }: ServerOptions): Promise<string> {
  if (store === undefined || secret === undefined) await makeData(data)
  return data
}

async function makeData(data: string): Promise<void> {
  try {
    await makeFolder(data, privateFolder)
  } catch (cause) {
    throw new StartFailure(`data: ${(cause as Error).message}`, { cause })
  }
}

function reportTo(log: Logger): Core['report'] {
  return (error, doing) =>
    logEvent(log, 'failure', { cause: String((error as Error)?.stack ?? error) }, `${doing} failed`)
}
