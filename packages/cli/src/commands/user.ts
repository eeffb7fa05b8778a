import { Command } from 'commander'
import { isUserName } from 'dovetail-protocol/names'
import { CommandFailure } from '../failures/command-failure.ts'
import { UsageFailure } from '../failures/usage-failure.ts'
import { addServerOptions, addTokenOption, callerToken, serverUrl } from '../options/server-options.ts'
import { Refusal } from '../requests/refusal.ts'
import { Requests } from '../requests/requests.ts'
import { InPlace } from '../terminal/in-place.ts'
import type { Terminal } from '../terminal/terminal.ts'

interface DataStep {
  readonly profile?: object
  readonly channels: readonly object[]
  readonly records: readonly object[]
  readonly looked: number
  readonly after: string | null
}

interface ErasureStep {
  readonly erased: number
  readonly looked: number
  readonly after: string | null
}

/** `dovetail user export` and `dovetail user erase`: all that is kept of one person. */
export function userCommand(terminal: Terminal): Command {
  const command = new Command('user').description('show or erase all that is kept of one person')
  command.addCommand(exportCommand(terminal))
  command.addCommand(eraseCommand(terminal))
  return command
}

function exportCommand(terminal: Terminal): Command {
  const command = new Command('export')
    .description('print profile, channels and records of a user: a JSON line each on stdout')
    .argument('<user>', 'the name in the tokens')
  addServerOptions(command)
  addTokenOption(command)
  return command.action(async (user: string) => {
    const requests = requestsOf(command, terminal, user)
    const progress = openProgress(terminal)
    await stepwise(progress, async (after) => {
      const query = after === null ? '' : `?after=${after}`
      const step = (await requests.ask('GET', `${pathOf(user)}/data${query}`)) as DataStep
      const lines = [
        ...(step.profile === undefined ? [] : [{ profile: step.profile }]),
        ...step.channels,
        ...step.records,
      ]
      for (const line of lines) terminal.stdout(`${JSON.stringify(line)}\n`)
      return { ...step, found: lines.length }
    })
  })
}

function eraseCommand(terminal: Terminal): Command {
  const command = new Command('erase')
    .description('delete profile, read markers, memberships and records of a user, and end all sign-ins')
    .argument('<user>', 'the name in the tokens')
    .option('--yes', 'do it: nothing brings it back')
  addServerOptions(command)
  addTokenOption(command)
  return command.action(async (user: string) => {
    const requests = requestsOf(command, terminal, user)
    if (command.opts<{ yes?: true }>().yes !== true)
      throw new UsageFailure(`say --yes to erase all that is kept of ${user}; nothing was done`)
    const progress = openProgress(terminal)
    const erased = await stepwise(progress, async (after) => {
      const body = after === null ? {} : { after }
      const step = (await requests.ask('POST', `${pathOf(user)}/erasure`, body)) as ErasureStep
      return { ...step, found: step.erased }
    })
    terminal.stdout(`${JSON.stringify({ user, erased })}\n`)
  })
}

function requestsOf(command: Command, terminal: Terminal, user: string): Requests {
  if (!isUserName(user)) throw new UsageFailure(`"${user}" is no name for a user`)
  const token = callerToken(command, terminal.environment)
  if (token === undefined) throw new UsageFailure('this needs the --token of a service or an admin')
  return new Requests({ url: serverUrl(command, terminal.environment), token })
}

function pathOf(user: string): string {
  return `/v1/users/${encodeURIComponent(user)}`
}

interface Progress {
  readonly show: (looked: number, found: number) => void
  readonly end: () => void
}

function openProgress(terminal: Terminal): Progress {
  if (terminal.columns('stderr') === null) return { show: () => undefined, end: () => undefined }
  const lines = new InPlace({ write: terminal.stderr, columns: () => terminal.columns('stderr') ?? 80 })
  return {
    show: (looked, found) => lines.draw([`looked at ${looked} records, ${found} of them this user's`]),
    end: () => lines.clear(),
  }
}

/** Takes step after step until there are no more. Resolves with the sum of what they found. */
async function stepwise(
  progress: Progress,
  take: (
    after: string | null,
  ) => Promise<{ readonly found: number; readonly looked: number; readonly after: string | null }>,
): Promise<number> {
  let looked = 0
  let found = 0
  let after: string | null = null
  try {
    do {
      const step = await take(after)
      looked += step.looked
      found += step.found
      after = step.after
      progress.show(looked, found)
    } while (after !== null)
    return found
  } catch (error) {
    throw error instanceof Refusal ? new CommandFailure(error.message, { cause: error }) : error
  } finally {
    progress.end()
  }
}
