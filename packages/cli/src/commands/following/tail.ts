import { Command } from 'commander'
import { type Client, type ClientState, createClient, DovetailError, type Followed } from 'dovetail-client'
import { parseCursor } from 'dovetail-protocol/cursor'
import { CommandFailure } from '../../failures/command-failure.ts'
import { UsageFailure } from '../../failures/usage-failure.ts'
import { parseInteger } from '../../options/parse-number.ts'
import {
  addServerOptions,
  addTokenOption,
  callerToken,
  parseChannel,
  parseChoice,
  serverUrl,
} from '../../options/server-options.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { endOf } from './end-of.ts'
import { type PatternTail, tailPattern } from './tail-pattern.ts'

const transports = ['auto', 'websocket', 'sse', 'long-poll', 'poll'] as const

interface Flags {
  readonly over: string
  readonly after?: string
  readonly last?: string
  readonly count?: string
  readonly until?: string
}

/** `dovetail tail`: prints one JSON line per change on stdout, each with the cursor to continue from, and the state of the connection on stderr. */
export function tailCommand(terminal: Terminal): Command {
  const tail = new Command('tail')
    .description('follow a channel: a JSON line per change on stdout')
    .argument('<channel>', "such as chat:general; for services and admins also a pattern, 'chat:*'")
    .option('--over <transport>', transports.join(', '), 'auto')
    .option('--after <cursor>', 'go on from there; 0: all that there is, then on (default: from now)')
    .option('--last <number>', 'begin with what the last so many revisions changed')
    .option('--count <number>', 'end after so many changes')
    .option('--until <where>', 'head: end where the log stands now')
  addServerOptions(tail)
  addTokenOption(tail)
  return tail.action(async (name: string) => {
    const flags = tail.opts<Flags>()
    const isPattern = name.endsWith('*')
    const channel = isPattern ? name : parseChannel(name)
    const most = flags.count === undefined ? Number.POSITIVE_INFINITY : parseInteger('--count', flags.count, 1, 1e12)
    const url = serverUrl(tail, terminal.environment)
    const over = parseChoice('--over', flags.over, transports)
    if (flags.until !== undefined) parseChoice('--until', flags.until, ['head'])
    const token = callerToken(tail, terminal.environment)
    if (isPattern) return tailAll(terminal, flags, { url, token, pattern: name, most })
    const client = createClient({ url, transport: over, storage: null, ...(token === undefined ? {} : { token }) })
    const control = endOf(terminal)
    let stopReporting = (): void => undefined
    try {
      const { after, until } = await startOf(client, channel, flags, terminal, url)
      if (until !== null && isAt(after, until)) return
      stopReporting = reportState(client, terminal, channel, url)
      await follow(client, terminal, channel, { after, most, until, signal: control.signal })
    } catch (error) {
      rethrow(error)
    } finally {
      stopReporting()
      client.close()
    }
  })
}

function rethrow(error: unknown): never {
  throw error instanceof DovetailError ? new CommandFailure(error.message, { cause: error }) : error
}

async function tailAll(
  terminal: Terminal,
  flags: Flags,
  what: Pick<PatternTail, 'url' | 'token' | 'pattern' | 'most'>,
): Promise<void> {
  requireForPattern(flags)
  const { signal } = endOf(terminal)
  const untilHead = flags.until !== undefined
  await tailPattern({ ...what, after: flags.after, untilHead, signal }, terminal).catch(rethrow)
}

function requireForPattern({ last, over }: Flags): void {
  if (last !== undefined) throw new UsageFailure('--last: a pattern has many logs; --after 0 reads all of them')
  if (over !== 'auto') throw new UsageFailure('--over: a pattern is followed by long-polls')
}

/** Where the log stood when the command began. */
interface End {
  /** null: nobody had written to the channel. */
  readonly epoch: string | null
  readonly head: number
}

interface Start {
  /** The cursor to start from; undefined: from now. */
  readonly after: string | undefined
  /** Where to end; null: go on. */
  readonly until: End | null
}

/** Fails if the caller may not follow the channel, before anything is printed. */
async function startOf(
  client: Client,
  channel: string,
  { after, last, until }: Flags,
  { stderr }: Pick<Terminal, 'stderr'>,
  url: string,
): Promise<Start> {
  if (after !== undefined && last !== undefined) throw new UsageFailure('--after and --last say two different things')
  if (after !== undefined && parseCursor(after) === null) throw new UsageFailure(`--after: "${after}" is no cursor`)
  const count = last === undefined ? null : parseInteger('--last', last, 0, 1e12)
  try {
    const { epoch, head } = await client.channel(channel).describe()
    const end = until === undefined ? null : { epoch, head }
    if (count === null) return { after, until: end }
    return { after: epoch === null || count >= head ? '0' : `${epoch}.${head - count}`, until: end }
  } catch (error) {
    if (!(error instanceof DovetailError) || error.code !== 'network') throw error
    if (count !== null || until !== undefined) throw new CommandFailure(`no answer from ${url}`, { cause: error })
    // It may come up later.
    stderr(`dovetail: no answer from ${url}; trying again\n`)
    return { after, until: null }
  }
}

interface FollowOptions {
  readonly after: string | undefined
  /** Changes, then it ends. */
  readonly most: number
  /** Where it ends; null: it goes on. */
  readonly until: End | null
  readonly signal: AbortSignal
}

async function follow(
  client: Client,
  terminal: Terminal,
  channel: string,
  { after, most, until, signal }: FollowOptions,
): Promise<void> {
  const following = { signal, ...(after === undefined ? {} : { after }) }
  let left = most
  for await (const followed of client.channel(channel).follow(following)) {
    const lines = linesOf(channel, followed).slice(0, left)
    for (const line of lines) terminal.stdout(`${JSON.stringify(line)}\n`)
    if (followed.type === 'changes') left -= lines.length
    // A reset goes on from the head of another log: there is nothing left to wait for.
    if (left <= 0 || (until !== null && (followed.type === 'reset' || isAt(followed.cursor, until)))) return
  }
}

/** Whether a reader at the cursor has nothing to wait for. A cursor of another log is never there: it gets a reset first. */
function isAt(cursor: string | undefined, { epoch, head }: End): boolean {
  const at = cursor === undefined ? null : parseCursor(cursor)
  return at === null || (at.rev >= head && (at.epoch === epoch || at.epoch === null))
}

/** One object per change, each with its own cursor, so that a reader who stops between two changes can continue with the second. */
function linesOf(channel: string, followed: Followed): object[] {
  if (followed.type === 'reset') return [{ channel, cursor: followed.cursor, reset: followed.reason }]
  const { cursor, changes } = followed
  const epoch = cursor.slice(0, cursor.lastIndexOf('.'))
  return changes.map((change, i) => ({
    channel,
    cursor: i === changes.length - 1 ? cursor : `${epoch}.${change.record.rev}`,
    change,
  }))
}

function reportState(client: Client, terminal: Terminal, channel: string, url: string): () => void {
  let lastLine: string | null = null
  let wasOpen = false
  return client.subscribe(() => {
    const { state } = client
    // Before the first connection, one line has already reported it.
    if (!wasOpen && state.name === 'waiting') return
    wasOpen ||= state.name === 'open'
    const line = describeState(state, channel, url)
    if (line === null || line === lastLine) return
    lastLine = line
    terminal.stderr(`dovetail: ${line}\n`)
  })
}

/** The line for a state; null for a state that needs no line. */
function describeState(state: ClientState, channel: string, url: string): string | null {
  switch (state.name) {
    case 'open':
      return `following ${channel} at ${url} over ${state.transport}`
    case 'waiting':
    case 'offline':
      return `lost the connection to ${url}${reasonOf(state)}; trying again`
    case 'idle':
    case 'connecting':
    case 'auth_failed':
    case 'closed':
      return null
  }
}

/** The reason of the last error, if the server sent one. */
function reasonOf({ lastError }: ClientState): string {
  return lastError === null || lastError.code === 'network' ? '' : ` (${lastError.detail})`
}
