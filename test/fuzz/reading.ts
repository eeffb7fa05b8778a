/** An event stream that was opened by a generated request, GET or POST, and is held against the contract. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Changes } from 'dovetail-protocol'
import { parseEvents, type StreamEvent } from '../support/clients/event-stream.ts'
import type { Answer } from '../support/clients/rest.ts'
import { until } from '../support/until.ts'
import type { FrameContract } from './frame-contract.ts'
import type { RestInput } from './rest-input.ts'

export class Reading {
  readonly faults: string[] = []
  readonly #contract: FrameContract
  readonly #request: ClientRequest
  readonly #isOfOne: boolean
  /** A channel that is named twice is begun twice ([RDG8]). */
  readonly #isTwice: boolean
  readonly #read = new Map<string, number>()
  #text = ''

  /** `answer`: where it is no stream, what was answered in its place. */
  static async open(port: number, input: RestInput, token: string | null, contract: FrameContract) {
    const { operation, path, headers, body } = input
    const sent = {
      accept: 'text/event-stream',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    }
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: operation.method,
      path,
      agent: false,
      headers: { ...length, ...sent },
    })
    const incoming = await until(
      `a stream ${path}`,
      new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.on('response', resolve).on('error', reject)
        outgoing.end(body)
      }),
    )
    if (incoming.statusCode === 200 && incoming.headers['content-type']?.startsWith('text/event-stream') === true)
      return new Reading(outgoing, incoming, input, contract)
    let text = ''
    for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk)
    const parsed: unknown = text === '' ? undefined : JSON.parse(text)
    const code = (parsed as { code?: string } | undefined)?.code
    const answer: Answer = { status: incoming.statusCode ?? 0, headers: incoming.headers, text, body: parsed, code }
    return answer
  }

  private constructor(
    outgoing: ClientRequest,
    incoming: IncomingMessage,
    { operation, path }: RestInput,
    contract: FrameContract,
  ) {
    this.#contract = contract
    this.#request = outgoing
    this.#isOfOne = operation.operationId === 'followChannel'
    const channels = [...path.matchAll(/sub=([^@&]*)/g)].map(([, channel]) => channel)
    this.#isTwice = new Set(channels).size < channels.length
    outgoing.on('error', () => {})
    incoming.on('error', () => {})
    incoming.setEncoding('utf8')
    incoming.on('data', (chunk: string) => this.#push(chunk))
  }

  close(): void {
    this.#request.destroy()
  }

  #push(chunk: string): void {
    this.#text += chunk
    const end = this.#text.lastIndexOf('\n\n') + 2
    if (end < 2) return
    const events = parseEvents(this.#text.slice(0, end))
    this.#text = this.#text.slice(end)
    for (const event of events) this.#take(event)
  }

  #take({ event, id, data }: StreamEvent): void {
    if (event === 'followed') return
    if (event !== data.op) this.faults.push(`the event ${event} has the op ${String(data.op)}`)
    this.faults.push(...this.#contract.eventFaults(data))
    const channel = String(data.channel)
    if (event === 'reset') this.#read.set(channel, Number(String(data.cursor).split('.')[1] ?? 0))
    if (event === 'ended') this.#read.delete(channel)
    if (event !== 'changes') return
    const { from, to, cursor } = data as unknown as Changes
    const held = this.#read.get(channel)
    if (held !== undefined && held !== from && !this.#isTwice)
      this.faults.push(`[PRM2] a stream of ${channel} goes from ${held} to ${from}`)
    if (this.#isOfOne && id !== cursor) this.faults.push(`[RDG12] the id ${id} is not the cursor ${cursor}`)
    this.#read.set(channel, to)
  }
}
