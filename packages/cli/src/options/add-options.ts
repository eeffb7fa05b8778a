import { type Command, Option } from 'commander'
import { collect } from './collect.ts'
import { type OptionName, optionTable } from './option-table.ts'
import type { Flags } from './sources.ts'

/** Declares the named options of the table, and `--config`, on a command. */
export function addOptions(command: Command, names: readonly OptionName[]): Command {
  for (const name of names) {
    const { flags, about, variable, ...more } = optionTable[name]
    const option = new Option(flags, `${about} [${variable}]`)
    command.addOption('repeatable' in more ? option.argParser(collect) : option)
  }
  return command.option(
    '--config <file>',
    'configuration file (default: dovetail.config.{ts,js,json}) [DOVETAIL_CONFIG]',
  )
}

/** The flags that commander parsed, by option name: the flag of `limits` is `--limit`. */
export function flagsOf(command: Command): Flags {
  const { limit, ...flags } = command.opts<Record<string, unknown>>()
  return limit === undefined ? flags : { ...flags, limits: limit }
}
