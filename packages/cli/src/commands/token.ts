import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { isUserName } from 'dovetail-protocol/names'
import { signToken } from 'dovetail-server'
import { CommandFailure } from '../failures/command-failure.ts'
import { UsageFailure } from '../failures/usage-failure.ts'
import { addOptions, flagsOf } from '../options/add-options.ts'
import { loadDataSecret } from '../options/data-secret.ts'
import { parseDuration } from '../options/parse-duration.ts'
import { type Grant, parseGrant } from '../options/parse-grant.ts'
import { resolveOptions } from '../options/resolve-options.ts'
import type { Terminal } from '../terminal/terminal.ts'

const roles = ['guest', 'user', 'service', 'admin'] as const
type Role = (typeof roles)[number]

interface TokenFlags {
  readonly user: string
  readonly name?: string
  readonly role: string
  readonly grant?: readonly Grant[]
  readonly ttl: string
}

/** `dovetail token`: prints a signed token, and nothing else. */
export function tokenCommand(terminal: Terminal): Command {
  const command = new Command('token')
    .description('print a token signed with the secret of --data or DOVETAIL_SECRET')
    .requiredOption('--user <user>', 'whom it names')
    .option('--name <name>', 'the name that people see')
    .option('--role <role>', roles.join(', '), 'user')
    .option('--grant <channel=rights>', "such as 'chat:*=read,write'; repeatable", collectGrant)
    .option('--ttl <duration>', 'how long it is valid', '1h')
  addOptions(command, ['data', 'secret', 'issuer', 'audience'])
  return command.action(async () => {
    const { user, name, role, grant, ttl } = command.opts<TokenFlags>()
    if (!isUserName(user)) throw new UsageFailure(`--user: "${user}" is no name for a user`)
    // The token has its own session id, so that it can be revoked alone.
    const claims = { user, role: readRole(role), ttlSeconds: readTtl(ttl), session: randomUUID() }
    const { values, secret } = await resolveOptions(flagsOf(command), terminal.environment)
    const data = values.data ?? './data'
    const isFile = statSync(data, { throwIfNoEntry: false })?.isFile() === true
    if (secret === undefined && !isFile && !existsSync(join(data, 'secret')))
      throw new CommandFailure(
        `there is no secret in ${data}: name the data folder of the server by --data, or start the server first`,
      )
    const signing = secret ?? (await loadDataSecret(data))
    const token = await signToken({
      ...claims,
      secret: signing,
      issuer: values.issuer,
      audience: values.audience,
      ...(name === undefined ? {} : { name }),
      ...(grant === undefined ? {} : { grants: grant }),
    })
    terminal.stdout(`${token}\n`)
  })
}

function collectGrant(text: string, previous: readonly Grant[] | undefined): readonly Grant[] {
  return [...(previous ?? []), parseGrant(text)]
}

function readRole(text: string): Role {
  const role = roles.find((name) => name === text)
  if (role !== undefined) return role
  throw new UsageFailure(`--role: "${text}" is none of ${roles.join(', ')}`)
}

/** Times in a token are whole seconds. */
function readTtl(text: string): number {
  try {
    return Math.max(1, Math.round(parseDuration(text) / 1000))
  } catch (error) {
    throw error instanceof UsageFailure ? new UsageFailure(`--ttl: ${error.message}`) : error
  }
}
