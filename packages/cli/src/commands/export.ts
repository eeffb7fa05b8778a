import { Command } from 'commander'
import { NamedUsers } from '../export/accounts.ts'
import { exportChannel } from '../export/export-channel.ts'
import { ExportFile } from '../export/export-file.ts'
import { matchingChannels } from '../export/matching-channels.ts'
import { CommandFailure } from '../failures/command-failure.ts'
import { UsageFailure } from '../failures/usage-failure.ts'
import { addServerOptions, addTokenOption, callerToken, serverUrl } from '../options/server-options.ts'
import { Refusal } from '../requests/refusal.ts'
import { Requests } from '../requests/requests.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Where the lines of an export go. */
interface Output {
  readonly cursors: ReadonlyMap<string, string>
  write(line: string): Promise<void> | void
  close(): Promise<void> | void
}

/** `dovetail export`: the logs of channels as JSON lines, for `dovetail import` and for other programs. */
export function exportCommand(terminal: Terminal): Command {
  const command = new Command('export')
    .description('write the logs of channels as JSON lines: every record with its author, dates and place')
    .argument('[channels...]', "names, and patterns such as 'chat:*' (default: all)")
    .option('--to <file>', 'the file; one that is there already is gone on with from its cursors (default: stdout)')
  addServerOptions(command)
  addTokenOption(command)
  return command.action(async (channels: readonly string[]) => {
    const token = callerToken(command, terminal.environment)
    if (token === undefined) throw new UsageFailure('an export needs the --token of a service')
    const requests = new Requests({ url: serverUrl(command, terminal.environment), token })
    const { to } = command.opts<{ to?: string }>()
    const output = to === undefined ? toStdout(terminal) : await openFile(to)
    try {
      const users = new NamedUsers()
      const patterns = channels.length === 0 ? ['*'] : channels
      for await (const channel of matchingChannels(requests, patterns)) {
        const after = output.cursors.get(channel) ?? '0'
        for await (const line of exportChannel(requests, channel, after, users)) await output.write(line)
      }
      for await (const line of users.lines(requests)) await output.write(line)
    } catch (error) {
      throw error instanceof Refusal ? new CommandFailure(failureOf(error, to), { cause: error }) : error
    } finally {
      await output.close()
    }
  })
}

function failureOf(error: Refusal, to: string | undefined): string {
  if (error.code !== 'reset' || to === undefined) return error.message
  return `${to} can not be gone on with (${error.detail}); export into a new file`
}

function toStdout(terminal: Terminal): Output {
  let isClosed = false
  terminal.onStdoutGone(() => {
    isClosed = true
  })
  terminal.stdout('{"export":1}\n')
  return {
    cursors: new Map(),
    write: (line) => {
      if (isClosed) throw new CommandFailure('')
      terminal.stdout(`${line}\n`)
    },
    close: () => undefined,
  }
}

async function openFile(path: string): Promise<Output> {
  return ExportFile.open(path).catch((cause: Error) => {
    throw new CommandFailure(cause.message, { cause })
  })
}
