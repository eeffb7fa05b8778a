import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { type Client, type Collection, createClient, DovetailError } from '@dovetail/client'
import { isCollectionName } from '@dovetail/protocol/names'
import { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'
import { stopOnSignal } from '../stop-on-signal.ts'
import type { Terminal } from '../terminal.ts'
import { UsageFailure } from '../usage-failure.ts'
import {
  addServerOptions,
  addTokenOption,
  callerToken,
  checkedChannel,
  chosen,
  guestToken,
  serverUrl,
} from './server-options.ts'

const ways = ['rest', 'websocket'] as const
/** How long a lost socket may stay away before a line counts as unanswered. */
const socketMs = 30_000

/** With the number of a line it is an idempotency key, of 128 characters at most. */
const keyPattern = /^[\x21-\x7e]{1,100}$/

/** `dovetail publish`: creates a record per JSON document, and prints a line of what became of each. */
export function publishCommand(terminal: Terminal): Command {
  const publish = new Command('publish')
    .description('create records: a JSON line per write on stdout')
    .argument('<channel>', 'such as chat:general')
    .argument('<collection>', 'such as messages')
    .argument('[data]', 'the data as JSON; "-" or nothing: a JSON document per line of stdin', '-')
    .option('--over <transport>', ways.join(', '), 'rest')
    .option('--key <text>', 'the same input with the same key again repeats no write (default: a random one)')
  addServerOptions(publish)
  addTokenOption(publish)
  return publish.action(async (name: string, collection: string, data: string) => {
    const channel = checkedChannel(name)
    if (!isCollectionName(collection)) throw new UsageFailure(`"${collection}" is no name for a collection`)
    const key = publish.opts<{ key?: string }>().key ?? randomUUID()
    if (!keyPattern.test(key)) throw new UsageFailure('--key: 1 to 100 visible ASCII characters')
    if (data !== '-' && parsed(data) === undefined) throw new UsageFailure('the data is no JSON')
    const over = chosen('--over', publish.opts<{ over: string }>().over, ways)
    const url = serverUrl(publish, terminal.environment)
    const token = callerToken(publish, terminal.environment) ?? (await guestToken(url))
    const client = createClient({ url, token, transport: 'websocket', storage: null })
    // Who does not want to hear of the outcomes is no fault.
    terminal.onStdoutGone(() => undefined)
    try {
      const target = client.channel(channel).collection(collection)
      const ready = over === 'rest' ? async () => undefined : onSocket(client, url)
      await publishAll(terminal, { target, ready, key }, data === '-' ? linesOf(terminal) : [data])
    } finally {
      client.close()
    }
  })
}

interface Publishing {
  readonly target: Collection
  /** Resolves when a write goes the way that was asked for. */
  readonly ready: () => Promise<void>
  readonly key: string
}

/** One after the other, so that they stand in the log as they stand in the input. */
async function publishAll(
  terminal: Terminal,
  { target, ready, key }: Publishing,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  let line = 0
  let refused = 0
  for await (const text of lines) {
    line += 1
    if (text.trim() === '') continue
    await ready()
    const outcome = await publishOne(target, text, `${key}-${line}`)
    terminal.stdout(`${JSON.stringify({ line, ...outcome })}\n`)
    if (!('error' in outcome)) continue
    refused += 1
    // Nobody answers: the lines that follow would fare no better, and those that did not go can be sent again.
    if (outcome.error.code === 'network') throw new CommandFailure(`no answer to line ${line}`)
  }
  if (refused > 0) throw new CommandFailure(`${refused} of ${line} ${line === 1 ? 'write' : 'writes'} refused`)
}

/** Holds a socket, and waits for it before each write. */
function onSocket(client: Client, url: string): () => Promise<void> {
  client.connect()
  let wasOpen = false
  return () =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        const { name, lastError } = client.state
        wasOpen ||= name === 'open'
        if (name === 'open') done(resolve)
        // One that was there comes back; one that never was is told at once.
        else if (name === 'closed' || name === 'auth_failed' || (name === 'waiting' && !wasOpen))
          done(() => reject(new CommandFailure(failureOf(lastError, url))))
      }
      const stop = client.subscribe(settle)
      const late = setTimeout(() => done(() => reject(new CommandFailure(failureOf(null, url)))), socketMs)
      const done = (end: () => void): void => {
        clearTimeout(late)
        stop()
        end()
      }
      settle()
    })
}

function failureOf(error: DovetailError | null, url: string): string {
  return error === null || error.code === 'network' ? `no WebSocket to ${url}` : error.message
}

async function publishOne(target: Collection, text: string, key: string) {
  const data = parsed(text)
  if (data === undefined) return { error: { code: 'invalid_json', detail: 'The line is no JSON.' } }
  try {
    // What is no object is the server's to refuse.
    return { record: await target.create(data as Record<string, unknown>, { key }) }
  } catch (cause) {
    if (!(cause instanceof DovetailError)) throw cause
    const { code, detail, errors } = cause
    return { error: { code, detail, ...(errors.length === 0 ? {} : { errors }) } }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Until the input ends, a signal comes, or nobody takes the output any more. */
async function* linesOf(terminal: Terminal): AsyncGenerator<string, void> {
  const input = terminal.stdin()
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  const stop = async (): Promise<void> => {
    lines.close()
    input.destroy()
  }
  void stopOnSignal({ signals: terminal.signals, stop, withinMs: 30_000, exit: terminal.exit })
  terminal.onStdoutGone(() => void stop())
  yield* lines
}
