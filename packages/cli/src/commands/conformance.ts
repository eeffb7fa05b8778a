import { Command } from 'commander'
import { CommandFailure } from '../failures/command-failure.ts'
import { UsageFailure } from '../failures/usage-failure.ts'
import { collect } from '../options/collect.ts'
import { parseNumber } from '../options/parse-number.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { dovetailEntry } from './dovetail-entry.ts'

interface Flags {
  readonly client?: string
  readonly case?: readonly string[]
  readonly patience: string
  readonly atOnce: string
  readonly json?: true
}

/** `dovetail conformance`: drives a client in any language through cases that are easily got wrong, against servers that it starts. */
export function conformanceCommand(terminal: Terminal): Command {
  const command = new Command('conformance')
    .description('drive a client in any language through cuts, resets and more, and say which of the cases it passes')
    .option('--client <command>', 'which is given an address and a channel, and prints each record as a line of JSON')
    .option('--case <name>', 'only this one; repeatable', collect)
    .option('--patience <seconds>', 'how long the client may take to hold what the server has', '60')
    .option('--at-once <count>', 'how many cases run beside each other', '4')
    .option('--json', 'the results as one JSON document on stdout')
  return command.action(async () => {
    const flags = command.opts<Flags>()
    const { caseNames, runConformance } = await import('dovetail-lab/conformance')
    if (flags.client === undefined) throw new UsageFailure('--client: which command runs the client?')
    const cases = (flags.case ?? caseNames).map((text) => {
      const name = caseNames.find((each) => each === text)
      if (name === undefined) throw new UsageFailure(`--case: "${text}" is none of ${caseNames.join('; ')}`)
      return name
    })
    const results = await runConformance({
      client: flags.client,
      dovetail: [process.execPath, ...process.execArgv, dovetailEntry()],
      patienceMs: parseNumber('--patience', flags.patience, 1, 3600) * 1000,
      atOnce: parseNumber('--at-once', flags.atOnce, 1, 100),
      cases,
      onResult: ({ name, fault, ms }) => {
        if (flags.json === true) return
        terminal.stdout(fault === null ? `✓ ${name} (${(ms / 1000).toFixed(1)} s)\n` : `✗ ${name}: ${fault}\n`)
      },
    })
    if (flags.json === true) terminal.stdout(`${JSON.stringify(results)}\n`)
    const failed = results.filter(({ fault }) => fault !== null).length
    if (failed > 0) throw new CommandFailure(`${failed} of ${results.length} cases not passed`)
  })
}
