import { Command } from 'commander'
import type { ApiKey, ApiKeyList, NewApiKey } from 'dovetail-protocol'
import { isUserName } from 'dovetail-protocol/names'
import { UsageFailure } from '../../failures/usage-failure.ts'
import { addServerOptions, addTokenOption } from '../../options/server-options.ts'
import { formatTable } from '../../terminal/table.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { askServer } from './ask-server.ts'

const roles: readonly ApiKey['role'][] = ['service', 'admin', 'user']

/** `dovetail key create`, `list` and `revoke`: API keys of services. */
export function keyCommand(terminal: Terminal): Command {
  const command = new Command('key').description('make, list and revoke API keys of services')
  for (const each of [createCommand(terminal), listCommand(terminal), revokeCommand(terminal)]) {
    addServerOptions(each)
    addTokenOption(each)
    command.addCommand(each)
  }
  return command
}

function createCommand(terminal: Terminal): Command {
  const command = new Command('create')
    .description('make a key and print it, this once; its id goes to stderr')
    .argument('<name>', 'the user that the key speaks for, such as billing')
    .option('--role <role>', roles.join(', '), 'service')
  return command.action(async (user: string) => {
    if (!isUserName(user)) throw new UsageFailure(`"${user}" is no name for a user`)
    const { role } = command.opts<{ role: string }>()
    if (!roles.some((each) => each === role)) throw new UsageFailure(`--role: "${role}" is none of ${roles.join(', ')}`)
    const made = (await ask(command, terminal, 'POST', '', { user, role })) as NewApiKey
    terminal.stderr(`made the key ${made.id} of ${user}; it is shown only now\n`)
    terminal.stdout(`${made.key}\n`)
  })
}

function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .description('show all keys and when each was last used')
    .option('--json', 'a JSON line for each key')
  return command.action(async () => {
    const { keys } = (await ask(command, terminal, 'GET', '')) as ApiKeyList
    if (command.opts<{ json?: true }>().json === true) {
      for (const key of keys) terminal.stdout(`${JSON.stringify(key)}\n`)
      return
    }
    const rows = keys.map(({ id, user, role, createdAt, lastUsedAt }) => [
      id,
      user,
      role,
      createdAt,
      lastUsedAt ?? 'never',
    ])
    const head = ['id', 'user', 'role', 'made', 'last used']
    terminal.stdout(`${formatTable({ head, aligns: head.map(() => 'left'), rows })}\n`)
  })
}

function revokeCommand(terminal: Terminal): Command {
  const command = new Command('revoke')
    .description('end a key at once, with the connections that it opened')
    .argument('<id>', 'as dovetail key list shows it')
  return command.action(async (id: string) => {
    await ask(command, terminal, 'DELETE', `/${encodeURIComponent(id)}`)
    terminal.stderr(`revoked the key ${id}\n`)
  })
}

function ask(command: Command, terminal: Terminal, method: string, path: string, body?: object): Promise<unknown> {
  return askServer(command, terminal, { method, path: `/v1/keys${path}`, body, staff: 'an admin' })
}
