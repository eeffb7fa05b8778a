import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { Command } from 'commander'
import { isCollectionName, isUserName } from 'dovetail-protocol/names'
import { CommandFailure } from '../failures/command-failure.ts'
import { UsageFailure } from '../failures/usage-failure.ts'
import {
  addServerOptions,
  addTokenOption,
  callerToken,
  guestToken,
  parseChannel,
  parseChoice,
  serverUrl,
} from '../options/server-options.ts'
import { type PublishedLine, parseLine } from '../publish/line.ts'
import type { Outcome } from '../publish/outcome.ts'
import { publishOverRest } from '../publish/over-rest.ts'
import { publishOverSocket } from '../publish/over-socket.ts'
import type { Publishing } from '../publish/publishing.ts'
import { Requests } from '../requests/requests.ts'
import { stopOnSignal } from '../terminal/stop-on-signal.ts'
import type { Terminal } from '../terminal/terminal.ts'

const transports = ['rest', 'websocket'] as const

/** The prefix given by `--key`. The prefix and a line number make an idempotency key of at most 128 characters. */
const keyPattern = /^[\x21-\x7e]{1,100}$/

interface Flags {
  readonly over: string
  readonly key?: string
  readonly records?: true
  readonly author?: string
  readonly keepGoing?: true
}

/** `dovetail publish`: creates a record for each JSON document, and prints a line with the outcome of each. */
export function publishCommand(terminal: Terminal): Command {
  const publish = new Command('publish')
    .description('create records: a JSON line per write on stdout')
    .argument('<channel>', 'such as chat:general')
    .argument('<collection>', 'such as messages')
    .argument('[data]', 'the data as JSON; "-" or nothing: a JSON document per line of stdin', '-')
    .option('--over <transport>', transports.join(', '), 'rest')
    .option('--key <text>', 'the same input with the same key again repeats no write (default: a random one)')
    .option('--records', 'each document is {"data":…} with "id" and "author" where you like; an id is put')
    .option('--author <user>', 'whose the records are that name no author (for a service only)')
    .option('--keep-going', 'go on after a line that is refused')
  addServerOptions(publish)
  addTokenOption(publish)
  return publish.action(async (channel: string, collection: string, data: string) => {
    const flags = publish.opts<Flags>()
    const publishing = readPublishing(channel, collection, flags)
    const over = parseChoice('--over', flags.over, transports)
    if (over === 'websocket' && (publishing.whole || publishing.author !== undefined))
      throw new UsageFailure('--records and --author go by REST; leave --over out')
    const fault = data === '-' ? null : parseLine(data, publishing.whole)
    if (fault !== null && !('data' in fault)) throw new UsageFailure(`the data: ${fault.detail}`)
    const url = serverUrl(publish, terminal.environment)
    const token = callerToken(publish, terminal.environment) ?? (await guestToken(url))
    // A closed output is no failure, since the writes were still made.
    terminal.onStdoutGone(() => undefined)
    const lines = numbered(data === '-' ? linesOf(terminal) : [data])
    const outcomes =
      over === 'rest'
        ? publishOverRest(new Requests({ url, token }), publishing, lines)
        : publishOverSocket({ url, token }, publishing, lines)
    await print(terminal, outcomes, flags.keepGoing === true)
  })
}

function readPublishing(channel: string, collection: string, { key, records, author }: Flags): Publishing {
  const prefix = key ?? randomUUID()
  if (!isCollectionName(collection)) throw new UsageFailure(`"${collection}" is no name for a collection`)
  if (!keyPattern.test(prefix)) throw new UsageFailure('--key: 1 to 100 visible ASCII characters')
  if (author !== undefined && !isUserName(author)) throw new UsageFailure(`--author: "${author}" is no name for a user`)
  return { channel: parseChannel(channel), collection, key: prefix, whole: records === true, author }
}

/** Prints the outcomes, up to the first refusal; all of them with `keepGoing`, unless the server is gone. */
async function print(terminal: Terminal, outcomes: AsyncIterable<Outcome>, keepGoing: boolean): Promise<void> {
  let refused = 0
  for await (const outcome of outcomes) {
    if ('record' in outcome) {
      terminal.stdout(`${JSON.stringify(outcome)}\n`)
      continue
    }
    const { line, error, passing } = outcome
    terminal.stdout(`${JSON.stringify({ line, error })}\n`)
    refused += 1
    // The next lines would fail too. Lines that were not sent can be sent again.
    if (passing) throw new CommandFailure(error.code === 'network' ? `no answer to line ${line}` : error.detail)
    if (!keepGoing)
      throw new CommandFailure(
        `line ${line} was refused (${error.code}); no line after it was sent (--keep-going goes past it)`,
      )
  }
  if (refused > 0) throw new CommandFailure(`${refused} ${refused === 1 ? 'line was' : 'lines were'} refused`)
}

/** The lines with their numbers, without empty ones. */
async function* numbered(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<PublishedLine, void> {
  let number = 0
  for await (const text of lines) {
    number += 1
    if (text.trim() !== '') yield { number, text }
  }
}

/** The lines of stdin, until it ends, a signal comes, or stdout is closed. */
async function* linesOf(terminal: Terminal): AsyncGenerator<string, void> {
  const input = terminal.stdin()
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  const stop = async (): Promise<void> => {
    lines.close()
    input.destroy()
  }
  void stopOnSignal({ signals: terminal.signals, stop, withinMs: 30_000, exit: terminal.exit })
  terminal.onStdoutGone(() => void stop())
  try {
    yield* lines
  } finally {
    // The input may go on where nobody reads it any more.
    await stop()
  }
}
