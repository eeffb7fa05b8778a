import { Command } from 'commander'
import { isUserName } from 'dovetail-protocol/names'
import { UsageFailure } from '../../failures/usage-failure.ts'
import { addServerOptions, addTokenOption, callerToken, serverUrl } from '../../options/server-options.ts'
import { Requests } from '../../requests/requests.ts'
import { stepwise } from '../../requests/steps.ts'
import type { Terminal } from '../../terminal/terminal.ts'

interface DataStep {
  readonly profile?: object
  readonly channels: readonly object[]
  readonly records: readonly object[]
  readonly looked: number
  readonly after: string | null
}

interface FilesStep {
  readonly files: readonly { readonly url?: string }[]
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
    .description('print profile, channels, records and files of a user: a JSON line each on stdout')
    .argument('<user>', 'the name in the tokens')
  addServerOptions(command)
  addTokenOption(command)
  return command.action(async (user: string) => {
    const requests = requestsOf(command, terminal, user)
    await stepwise(terminal, "of them this user's", async (after) => {
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
    const base = serverUrl(command, terminal.environment)
    await stepwise(terminal, 'files', async (after) => {
      const query = after === null ? '' : `?after=${after}`
      const { files, after: next } = (await requests.ask('GET', `${pathOf(user)}/files${query}`)) as FilesStep
      for (const { url, ...file } of files) {
        const address = url === undefined ? {} : { url: absolute(base, url) }
        terminal.stdout(`${JSON.stringify({ file: { ...file, ...address } })}\n`)
      }
      return { looked: 0, found: files.length, after: next }
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
    const { found: erased } = await stepwise(terminal, "of them this user's", async (after) => {
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

/** A proxy may have put the server under a path that the server does not know of; the address that was given has it. */
function absolute(base: string, address: string): string {
  return address.startsWith('/') ? base.replace(/\/$/, '') + address.slice(address.indexOf('/v1/')) : address
}

function pathOf(user: string): string {
  return `/v1/users/${encodeURIComponent(user)}`
}
