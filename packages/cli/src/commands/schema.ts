import { Command } from 'commander'
import { applySchema, checkSchema, type SchemaOptions } from 'dovetail-server'
import { addOptions, flagsOf } from '../options/add-options.ts'
import { resolveOptions } from '../options/resolve-options.ts'
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
  const command = new Command('apply').description('write every record of an earlier shape in the newest one')
  addOptions(command, ['data', 'store'])
  return command.action(async () => {
    const { records, lines, written } = await applySchema(await optionsOf(command, terminal))
    for (const line of lines) terminal.stdout(`${line}\n`)
    terminal.stdout(`${records} records read, ${written} written in the newest shape\n`)
  })
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
