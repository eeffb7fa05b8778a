/** `dovetail backup`, `restore` and `epoch`: maintenance of a store. */

import { Command } from 'commander'
import { backUpStore, newEpochs, restoreStore, type StoreAddress } from 'dovetail-server'
import { UsageFailure } from '../failures/usage-failure.ts'
import { addOptions, flagsOf } from '../options/add-options.ts'
import { resolveOptions } from '../options/resolve-options.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function upkeepCommands(terminal: Terminal): Command[] {
  return [backupCommand(terminal), restoreCommand(terminal), epochCommand(terminal)]
}

function backupCommand(terminal: Terminal): Command {
  const command = new Command('backup')
    .description('copy the SQLite file into one whole file, also while it is served')
    .argument('<file>', 'the copy, which must not be there yet')
  addOptions(command, ['data', 'store'])
  return command.action(async (file: string) => {
    await backUpStore(await locationOf(command, terminal), file)
    terminal.stdout(`copied into ${file}\n`)
  })
}

function restoreCommand(terminal: Terminal): Command {
  const command = new Command('restore')
    .description('put a copy in the place of the SQLite file; every epoch ends, and readers begin anew')
    .argument('<file>', 'what dovetail backup made')
    .option('--yes', 'also where a file is there, which is kept beside it')
  addOptions(command, ['data', 'store'])
  return command.action(async (file: string) => {
    const replace = command.opts<{ yes?: true }>().yes === true
    const { channels, kept } = await restoreStore(await locationOf(command, terminal), file, { replace })
    const old = kept === null ? '' : `; what was there is ${kept}`
    terminal.stdout(`restored ${file}; ${channels} channels have a new epoch${old}\n`)
  })
}

function epochCommand(terminal: Terminal): Command {
  const command = new Command('epoch')
    .description('end the epoch of every channel, as after the database was put back to an earlier time')
    .option('--new', 'begin a new one: every reader has to read again')
  addOptions(command, ['data', 'store'])
  return command.action(async () => {
    if (command.opts<{ new?: true }>().new !== true)
      throw new UsageFailure('epoch: say --new to end every epoch; nothing was done')
    const channels = await newEpochs(await locationOf(command, terminal))
    terminal.stdout(`${channels} channels have a new epoch\n`)
  })
}

async function locationOf(command: Command, terminal: Terminal): Promise<StoreAddress> {
  const { values } = await resolveOptions(flagsOf(command), terminal.environment)
  return { data: values.data ?? './data', ...(values.store === undefined ? {} : { store: values.store }) }
}
