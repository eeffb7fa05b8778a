import { Command } from 'commander'
import { applySchema, checkSchema, type SchemaOptions } from 'dovetail-server'
import { UsageFailure } from '../failures/usage-failure.ts'
import { addOptions, flagsOf } from '../options/add-options.ts'
import { resolveOptions } from '../options/resolve-options.ts'
import { addServerOptions, addTokenOption, callerToken, serverUrl } from '../options/server-options.ts'
import { Requests } from '../requests/requests.ts'
import { stepwise } from '../requests/steps.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** `dovetail schema check` and `dovetail schema apply`: what a store keeps, and what the configuration says of it. */
export function schemaCommand(terminal: Terminal): Command {
  const schema = new Command('schema').description('compare what is stored with the configuration')
  schema.addCommand(checkCommand(terminal))
  schema.addCommand(applyCommand(terminal))
  return schema
}

function checkCommand(terminal: Terminal): Command {
  const command = new Command('check').description('read every record, and say which do not fit their collection')
  addOptions(command, ['data', 'store'])
  return command.action(async () => {
    const { records, lines } = await checkSchema(await optionsOf(command, terminal))
    for (const line of lines) terminal.stdout(`${line}\n`)
    terminal.stdout(`${records} records read\n`)
  })
}

function applyCommand(terminal: Terminal): Command {
  const command = new Command('apply')
    .description('write every record of an earlier shape in the newest one')
    .option('--running', 'have the server at --url do it, by the configuration that it runs with')
  addServerOptions(command)
  addTokenOption(command)
  addOptions(command, ['data', 'store'])
  return command.action(async () => {
    if (command.opts<{ running?: true }>().running === true) return await applyByServer(command, terminal)
    const { records, lines, written } = await applySchema(await optionsOf(command, terminal))
    for (const line of lines) terminal.stdout(`${line}\n`)
    terminal.stdout(`${records} records read, ${written} written in the newest shape\n`)
  })
}

interface UpgradeStep {
  readonly written: number
  readonly looked: number
  readonly after: string | null
}

async function applyByServer(command: Command, terminal: Terminal): Promise<void> {
  const token = callerToken(command, terminal.environment)
  if (token === undefined) throw new UsageFailure('--running needs the --token of a service or an admin')
  const requests = new Requests({ url: serverUrl(command, terminal.environment), token })
  const { found } = await stepwise(terminal, 'written in the newest shape', async (after) => {
    const body = after === null ? {} : { after }
    const step = (await requests.ask('POST', '/v1/schema/upgrade', body)) as UpgradeStep
    return { ...step, found: step.written }
  })
  terminal.stdout(`${found} written in the newest shape\n`)
}

async function optionsOf(command: Command, terminal: Terminal): Promise<SchemaOptions> {
  const { values, policy } = await resolveOptions(flagsOf(command), terminal.environment)
  return {
    data: values.data ?? './data',
    ...(values.store === undefined ? {} : { store: values.store }),
    config: policy,
    onProgress: (records) => terminal.stderr(`${records} records\n`),
  }
}
