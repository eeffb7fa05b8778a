import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { CheckResult } from 'dovetail-lab/check'
import { CommandFailure } from '../failures/command-failure.ts'
import { collect } from '../options/collect.ts'
import { parseInteger, parseNumber } from '../options/parse-number.ts'
import { callerToken, defaultUrl, parseUrl } from '../options/server-options.ts'
import type { Terminal } from '../terminal/terminal.ts'

interface Flags {
  readonly url?: readonly string[]
  readonly channel?: string
  readonly seconds: string
  readonly writers: string
  readonly readers: string
  readonly settle: string
  readonly seed?: string
  readonly history: string
  readonly json?: true
}

/** `dovetail check`: checks that a running deployment loses, repeats and reorders no change. */
export function checkCommand(terminal: Terminal): Command {
  const check = new Command('check')
    .description('write and read on a running deployment by every transport, and judge what came of it')
    .option(
      '--url <url>',
      `a server, or the balancer in front; repeatable (default: ${defaultUrl}) [DOVETAIL_URL]`,
      collect,
    )
    .option('--token <token>', 'of who may write; without one, guests are asked for [DOVETAIL_TOKEN]')
    .option('--token-file <file>', 'the same from a file [DOVETAIL_TOKEN_FILE]')
    .option('--channel <name>', 'with a collection "messages" whose records have a text (default: a new one of chat)')
    .option('--seconds <number>', 'for how long to write, at least', '20')
    .option('--writers <number>', 'how many write', '4')
    .option('--readers <number>', 'how many read by each transport, with the SDK and without', '2')
    .option('--settle <seconds>', 'how long readers may take to arrive when writers are done', '30')
    .option('--seed <number>', 'what is left to chance follows from it (default: a random one)')
    .option('--history <file>', 'where the history of a failed run is written', 'dovetail-check.jsonl')
    .option('--json', 'the verdict as one JSON document on stdout')
  check.action(async () => {
    const flags = check.opts<Flags>()
    const { CheckFailure, runCheck } = await import('dovetail-lab/check')
    const token = callerToken(check, terminal.environment)
    const result = await runCheck({
      urls: (flags.url ?? [terminal.environment.DOVETAIL_URL ?? defaultUrl]).map(parseUrl),
      ...(token === undefined ? {} : { token }),
      ...(flags.channel === undefined ? {} : { channel: flags.channel }),
      seed: flags.seed === undefined ? Math.floor(Math.random() * 1e9) : parseInteger('--seed', flags.seed, 0, 1e9),
      seconds: parseNumber('--seconds', flags.seconds, 1, 86_400),
      writers: parseInteger('--writers', flags.writers, 1, 100),
      readersEach: parseInteger('--readers', flags.readers, 1, 100),
      settleSeconds: parseNumber('--settle', flags.settle, 1, 3600),
      onProgress: (line) => terminal.stderr(`${line}\n`),
    }).catch((error: unknown) => {
      throw error instanceof CheckFailure ? new CommandFailure(error.message, { cause: error }) : error
    })
    const { history, ...verdict } = result
    terminal.stdout(flags.json === true ? `${JSON.stringify(verdict)}\n` : formatResult(result))
    if (flags.channel === undefined)
      terminal.stderr(
        `the channel ${result.channel} stays; who may manage it removes it: DELETE /v1/channels/${result.channel}\n`,
      )
    if (result.complaints.length === 0) return
    await writeFile(flags.history, history)
    terminal.stderr(`the history of this run is in ${flags.history}\n`)
    throw new CommandFailure()
  })
  return check
}

const shownComplaints = 20

function formatResult(result: CheckResult): string {
  const { seed, channel, acknowledged, unknown, readers, head, longestOutageMs, resets, complaints } = result
  const lines = [
    `channel ${channel}, seed ${seed}`,
    `${acknowledged} writes acknowledged, ${unknown} without an answer, head ${head}`,
    `${readers} readers by four transports, with the SDK and without; ${resets} told to begin anew`,
    `longest time without an acknowledgement: ${longestOutageMs} ms`,
  ]
  if (complaints.length === 0) {
    lines.push('nothing lost, repeated or reordered: every reader holds what a fresh read gives')
    // The rule of three: an event never seen in n trials has, with 95 % confidence, a rate below 3 in n.
    if (acknowledged > 0)
      lines.push(`at 95 %: fewer than ${((3 / acknowledged) * 1e6).toFixed(0)} losses in a million writes`)
  } else {
    lines.push(`FAILED: ${complaints.length} complaints`)
    for (const { invariant, text } of complaints.slice(0, shownComplaints)) lines.push(`  ${invariant}: ${text}`)
    if (complaints.length > shownComplaints) lines.push(`  and ${complaints.length - shownComplaints} more`)
  }
  return `${lines.join('\n')}\n`
}
