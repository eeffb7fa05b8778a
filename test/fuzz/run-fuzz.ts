/**
 * Sends generated inputs over every transport, in rounds, and holds what comes back against the contract and the laws of
 * the log. The same seed makes the same choices.
 */
import { SeededRandom } from 'dovetail-lab/check'
import type { AnyRecord, Reply } from 'dovetail-protocol'
import type { Answer, Rest } from '../support/clients/rest.ts'
import { openSocket, type Socket } from '../support/clients/socket.ts'
import { ApiDescription, type OpenApiDocument } from '../support/openapi/api-description.ts'
import type { Server } from '../support/servers/serving.ts'
import { type Caller, callersTokens } from './callers.ts'
import { isLikely, oneOf } from './chance.ts'
import { type AsyncApiDocument, FrameContract } from './frame-contract.ts'
import { harvest, keepRecord } from './harvest.ts'
import { type Acknowledged, brokenLaws } from './laws.ts'
import { Reading } from './reading.ts'
import { operationsOf, type RestInput, RestInputs } from './rest-input.ts'
import type { Schema } from './sample-schema.ts'
import { type SocketInput, SocketInputs } from './socket-input.ts'
import { type SocketOutcome, SocketPlayer } from './socket-player.ts'
import { isAccepted, Tally } from './tally.ts'
import { channels, users, World } from './world.ts'

/** Sent together, before the answers decide what is sent next. */
const atOnce = 24
const socketsOpen = 8
const streamsOpen = 12
const longPolls = 24
const streamed = ['followChannel', 'followSome', 'followMany', 'followPattern', 'followPatternByBody']
/** What the contract says of frames that are no commands. */
const closeCodes = new Set([1000, 1007, 4400, 4401, 4403])

export class Fuzz {
  readonly faults: string[] = []
  readonly tally = new Tally()
  readonly #server: Server
  readonly #dice: SeededRandom
  readonly #api: ApiDescription
  readonly #frames: FrameContract
  readonly #world: World
  readonly #requests: RestInputs
  readonly #commands: SocketInputs
  readonly #tokens: Map<Caller, string | null>
  readonly #nobody: Rest
  readonly #sockets: { player: SocketPlayer; caller: Caller }[] = []
  readonly #streams: Reading[] = []
  readonly #parked = new Set<Promise<void>>()
  #acknowledged: Acknowledged[] = []

  static async on(server: Server, seed: number): Promise<Fuzz> {
    const nobody = await server.rest()
    const api = (await nobody.get<OpenApiDocument>('/openapi.json')).body
    const frames = (await nobody.get<AsyncApiDocument>('/asyncapi.json')).body
    return new Fuzz(server, seed, { api, frames, nobody, tokens: await callersTokens() })
  }

  private constructor(
    server: Server,
    seed: number,
    given: { api: OpenApiDocument; frames: AsyncApiDocument; nobody: Rest; tokens: Map<Caller, string | null> },
  ) {
    this.#server = server
    this.#dice = new SeededRandom(seed)
    this.#api = new ApiDescription(given.api)
    this.#frames = new FrameContract(given.frames)
    this.#world = new World(this.#dice, given.api.components.schemas as Readonly<Record<string, Schema>>)
    this.#requests = new RestInputs(this.#dice, this.#world, operationsOf(given.api))
    this.#commands = new SocketInputs(this.#dice, this.#world)
    this.#tokens = given.tokens
    this.#nobody = given.nobody
  }

  /** Sends so many inputs to channels that begin empty, looks at the laws, and deletes the channels. */
  async round(inputs: number): Promise<void> {
    await this.#begin()
    const live = [await this.#follower(false), await this.#follower(true)]
    for (let sent = 0; sent < inputs; sent += atOnce) await this.#batch(Math.min(atOnce, inputs - sent))
    await Promise.all(this.#parked)
    for (const { player } of this.#sockets) this.#take(player.faults, 'a socket')
    for (const reading of this.#streams) this.#take(reading.faults, 'a stream')
    const root = this.#as('root')
    for (const channel of channels)
      this.faults.push(...(await brokenLaws(channel, { rest: root, live, acknowledged: this.#acknowledged })))
    await this.#end(live)
  }

  #as(caller: Caller): Rest {
    return this.#nobody.as(this.#tokens.get(caller) ?? undefined)
  }

  async #begin(): Promise<void> {
    const [ann, mover] = [this.#as('ann'), this.#as('mover')]
    await mover.put('/v1/users', { users: users.map((user) => ({ user, name: `The ${user}` })) })
    for (const channel of channels.filter((name) => /^(dm|team):/.test(name))) {
      await ann.put(`/v1/channels/${channel}`, {})
      await ann.post(`/v1/channels/${channel}/members`, { user: 'bob', role: 'member' })
    }
    for (const channel of channels.filter((name) => /^(docs|prices|ticks):/.test(name)))
      await mover.put(`/v1/channels/${channel}`, {})
    await this.#as('root').put('/v1/channels/forms:f1', {})
  }

  async #follower(appends: boolean): Promise<Socket> {
    // Held by this round alone: the server of a test keeps what it opened, with all frames.
    const socket = await openSocket({ port: this.#server.port })
    await socket.hello(this.#tokens.get('root') ?? undefined)
    for (const channel of channels) await socket.subscribe(channel, { after: '0', appends })
    return socket
  }

  async #end(live: readonly Socket[]): Promise<void> {
    for (const socket of live) socket.terminate()
    for (const reading of this.#streams.splice(0)) reading.close()
    for (const { player } of this.#sockets.splice(0)) await player.close()
    const root = this.#as('root')
    const { body } = await root.get<{ keys: { id: string }[] }>('/v1/keys')
    for (const { id } of body.keys) await root.delete(`/v1/keys/${id}`)
    this.#tokens.set('key', this.#tokens.get('mover') ?? null)
    const made = (await root.get<{ channels: { name: string }[] }>('/v1/channels?limit=500')).body.channels
    for (const { name } of made) await root.delete(`/v1/channels/${name}`)
    for (const channel of channels) await root.delete(`/v1/channels/${channel}`)
    this.#acknowledged = []
    this.#world.forget()
  }

  /** All inputs of a batch are made of what was known before it. */
  async #batch(count: number): Promise<void> {
    await this.#keepOpen()
    const sending = Array.from({ length: count }, () => {
      const roll = this.#dice.next()
      if (roll < 0.3) return this.#command()
      if (roll < 0.34) return this.#stream()
      return this.#request()
    })
    await Promise.all(sending)
  }

  async #keepOpen(): Promise<void> {
    for (const [at, { player }] of [...this.#sockets.entries()].reverse()) {
      this.#take(player.faults, 'a socket')
      const isOver = isLikely(this.#dice, 0.01)
      if (isOver) await player.close()
      if (isOver || !player.isOpen) this.#sockets.splice(at, 1)
    }
    while (this.#sockets.length < socketsOpen) await this.#openSocket()
    while (this.#streams.length > streamsOpen) {
      const [oldest] = this.#streams.splice(0, 1)
      this.#take(oldest?.faults ?? [], 'a stream')
      oldest?.close()
    }
  }

  async #openSocket(): Promise<void> {
    const caller = oneOf<Caller>(this.#dice, ['ann', 'ann', 'bob', 'cat', 'visitor', 'nobody', 'mover', 'mover'])
    const player = new SocketPlayer(this.#server.port, this.#frames)
    await player.opened()
    const token = this.#tokens.get(caller)
    const text = JSON.stringify({ id: 'hello', op: 'hello', ...(token === null ? {} : { token }) })
    await player.send({ op: 'hello', id: 'hello', text, channel: undefined })
    this.#sockets.push({ player, caller })
  }

  async #command(): Promise<void> {
    const { player, caller } = oneOf(this.#dice, this.#sockets)
    const input = this.#commands.next(caller, [...player.present])
    const outcome = await player.send(input)
    if (outcome.kind === 'closed' && !closeCodes.has(outcome.code))
      this.#take([`closed with ${outcome.code}`], input.text)
    const isAccepted = outcome.kind === 'reply' ? 'ok' in outcome.reply : false
    const code = outcome.kind === 'reply' && 'error' in outcome.reply ? outcome.reply.error.code : outcome.kind
    this.tally.count(`socket ${input.op}`, isAccepted, isAccepted ? undefined : code)
    if (outcome.kind !== 'reply') return
    if ('error' in outcome.reply) this.#take(serverFault(outcome.reply.error.code), input.text)
    else this.#learn(input, outcome)
  }

  #learn({ frame, isOdd }: SocketInput, { reply }: SocketOutcome & { kind: 'reply' }): void {
    const { record, at, cursor } = (reply as Extract<Reply, { ok: unknown }>).ok as {
      record?: AnyRecord
      at?: string
      cursor?: string
    }
    const [channel, collection] = [String(frame.channel), String(frame.collection)]
    if (at !== undefined || cursor !== undefined) this.#world.keep(`cursor ${channel}`, at ?? cursor)
    if (record === undefined || at === undefined || isOdd) return
    keepRecord(this.#world, channel, collection, record)
    this.#acknowledge(channel, collection, at, record)
  }

  #acknowledge(channel: string, collection: string, at: string, record: AnyRecord): void {
    this.#acknowledged.push({ channel, collection, epoch: at.split('.')[0] ?? '', record })
  }

  async #stream(): Promise<void> {
    const input = this.#requests.next(streamed)
    const opened = await Reading.open(this.#server.port, input, this.#tokens.get(input.caller) ?? null, this.#frames)
    this.tally.count(`stream ${input.operation.operationId}`, opened instanceof Reading)
    if (opened instanceof Reading) this.#streams.push(opened)
    else this.#check(input, opened)
  }

  async #request(): Promise<void> {
    const input = this.#requests.next()
    const exchange = this.#exchange(input)
    if (!/[?&]wait=/.test(input.path)) return exchange
    if (this.#parked.size > longPolls) await Promise.race(this.#parked)
    this.#parked.add(exchange)
    void exchange.then(() => this.#parked.delete(exchange))
  }

  async #exchange(input: RestInput): Promise<void> {
    const { operation, path, headers, body, caller, isOdd } = input
    try {
      const answer = await this.#as(caller).send(operation.method, path, headers, body)
      this.tally.count(operation.operationId, isAccepted(answer), answer.code)
      this.#check(input, answer)
      // What was made of an odd input is not gone on from, as nobody knows what it is.
      if (answer.status >= 400 || isOdd) return
      harvest(this.#world, input, answer)
      this.#learnWrite(input, answer)
    } catch (error) {
      this.#take(
        [String(error)],
        `${operation.method} ${path} ${JSON.stringify(headers)} ${String(body).slice(0, 1000)}`,
      )
    }
  }

  #learnWrite({ operation, scope }: RestInput, { status, headers, body }: Answer): void {
    const { operationId } = operation
    const at = headers['dovetail-at']
    if (operationId === 'createApiKey') this.#tokens.set('key', (body as { key: string }).key)
    if (operationId === 'revokeApiKey') this.#tokens.set('key', this.#tokens.get('mover') ?? null)
    if (!/^(create|put|patch)Record$/.test(operationId) || status === 204 || typeof at !== 'string') return
    this.#acknowledge(String(scope.ch), String(scope.col), at, body as AnyRecord)
  }

  #check({ operation, path, headers, body, caller }: RestInput, answer: Answer): void {
    const { method, template } = operation
    const faults = [...serverFault(answer.code), ...this.#contractFaults(method, template, path, answer)]
    const input = `${method} ${path} as ${caller} ${JSON.stringify(headers)} ${String(body).slice(0, 1500)}`
    this.#take(faults, `${input} → ${answer.status} ${answer.text.slice(0, 500)}`)
  }

  /** An odd name in a path may lead to another route, or to none. */
  #contractFaults(method: string, template: string, path: string, answer: Answer): string[] {
    const segments = (text: string) => text.split('?', 1)[0]?.split('/') ?? []
    const isElsewhere =
      segments(path).length !== segments(template).length ||
      segments(path).some((each) => each === '' || /^\.+$/.test(each))
    if (isElsewhere && path.includes('/')) return answer.status < 500 ? [] : [`answers ${answer.status}`]
    return this.#api.faultsOf(method, template, answer)
  }

  #take(faults: string[], input: string): void {
    for (const fault of faults.splice(0)) this.faults.push(`after ${this.tally.sent} inputs: ${fault}: ${input}`)
  }
}

/** Nothing that is sent may bring these about: the store is there, and the node does not drain. */
function serverFault(code: string | undefined): string[] {
  return code !== undefined && ['internal', 'store_unavailable', 'draining', 'timeout'].includes(code)
    ? [`answers ${code}`]
    : []
}
