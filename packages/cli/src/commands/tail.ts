import { type Client, type ClientState, createClient, DovetailError, type Followed } from '@dovetail/client'
import { parseCursor } from '@dovetail/protocol/cursor'
import { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'
import { readWhole } from '../options/read-number.ts'
import { stopOnSignal } from '../stop-on-signal.ts'
import type { Terminal } from '../terminal.ts'
import { UsageFailure } from '../usage-failure.ts'
import { addServerOptions, addTokenOption, callerToken, checkedChannel, chosen, serverUrl } from './server-options.ts'

const transports = ['auto', 'websocket', 'sse', 'long-poll', 'poll'] as const

interface Flags {
  readonly over: string
  readonly after?: string
  readonly last?: string
  readonly count?: string
}

/** `dovetail tail`: one JSON line per change on stdout, each with the cursor to go on from; what becomes of the connection on stderr. */
export function tailCommand(terminal: Terminal): Command {
  const tail = new Command('tail')
    .description('follow a channel: a JSON line per change on stdout')
    .argument('<channel>', 'such as chat:general')
    .option('--over <transport>', transports.join(', '), 'auto')
    .option('--after <cursor>', 'go on from there; 0: all that there is, then on (default: from now)')
    .option('--last <number>', 'begin with what the last so many revisions changed')
    .option('--count <number>', 'end after so many changes')
  addServerOptions(tail)
  addTokenOption(tail)
  return tail.action(async (name: string) => {
    const flags = tail.opts<Flags>()
    const channel = checkedChannel(name)
    const most = flags.count === undefined ? Number.POSITIVE_INFINITY : readWhole('--count', flags.count, 1, 1e12)
    const url = serverUrl(tail, terminal.environment)
    const over = chosen('--over', flags.over, transports)
    const token = callerToken(tail, terminal.environment)
    const client = createClient({ url, transport: over, storage: null, ...(token === undefined ? {} : { token }) })
    const control = endOf(terminal)
    let stopTelling = (): void => undefined
    try {
      const after = await startOf(client, channel, flags, terminal, url)
      stopTelling = tellState(client, terminal, channel, url)
      await follow(client, terminal, channel, { after, most, signal: control.signal })
    } catch (error) {
      throw error instanceof DovetailError ? new CommandFailure(error.message, { cause: error }) : error
    } finally {
      stopTelling()
      client.close()
    }
  })
}

/** Undefined: from now. Whoever may not follow the channel is told so before anything is said of following. */
async function startOf(
  client: Client,
  channel: string,
  { after, last }: Flags,
  { stderr }: Pick<Terminal, 'stderr'>,
  url: string,
): Promise<string | undefined> {
  if (after !== undefined && last !== undefined) throw new UsageFailure('--after and --last say two different things')
  if (after !== undefined && parseCursor(after) === null) throw new UsageFailure(`--after: "${after}" is no cursor`)
  const count = last === undefined ? null : readWhole('--last', last, 0, 1e12)
  try {
    const { epoch, head } = await client.channel(channel).describe()
    if (count === null) return after
    return epoch === null || count >= head ? '0' : `${epoch}.${head - count}`
  } catch (error) {
    if (!(error instanceof DovetailError) || error.code !== 'network') throw error
    if (count !== null) throw new CommandFailure(`no answer from ${url}`, { cause: error })
    // It may come up later.
    stderr(`dovetail: no answer from ${url}; trying again\n`)
    return after
  }
}

/** Aborted by Ctrl-C and SIGTERM, and when nobody takes the output any more. */
function endOf(terminal: Terminal): AbortController {
  const control = new AbortController()
  const stop = async (): Promise<void> => control.abort()
  void stopOnSignal({ signals: terminal.signals, stop, withinMs: 5000, exit: terminal.exit })
  terminal.onStdoutGone(() => control.abort())
  return control
}

interface Following {
  readonly after: string | undefined
  /** Changes, then it ends. */
  readonly most: number
  readonly signal: AbortSignal
}

async function follow(
  client: Client,
  terminal: Terminal,
  channel: string,
  { after, most, signal }: Following,
): Promise<void> {
  const following = { signal, ...(after === undefined ? {} : { after }) }
  let left = most
  for await (const followed of client.channel(channel).follow(following)) {
    const lines = linesOf(channel, followed).slice(0, left)
    for (const line of lines) terminal.stdout(`${JSON.stringify(line)}\n`)
    if (followed.type === 'changes') left -= lines.length
    if (left <= 0) return
  }
}

/** Each change with a cursor of its own, so that whoever stops between two goes on with the second. */
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

function tellState(client: Client, terminal: Terminal, channel: string, url: string): () => void {
  let told: string | null = null
  let wasOpen = false
  return client.subscribe(() => {
    const { state } = client
    // Before it was ever there, one line has said so.
    if (!wasOpen && state.name === 'waiting') return
    wasOpen ||= state.name === 'open'
    const line = lineOf(state, channel, url)
    if (line === null || line === told) return
    told = line
    terminal.stderr(`dovetail: ${line}\n`)
  })
}

/** Null: nothing that one has to know. */
function lineOf(state: ClientState, channel: string, url: string): string | null {
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

/** Where the server said one. */
function reasonOf({ lastError }: ClientState): string {
  return lastError === null || lastError.code === 'network' ? '' : ` (${lastError.detail})`
}
