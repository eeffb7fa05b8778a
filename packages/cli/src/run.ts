import { StartFailure } from '@dovetail/server'
import { Command, CommanderError } from 'commander'
import { CommandFailure } from './command-failure.ts'
import { checkCommand } from './commands/check.ts'
import { clusterCommand } from './commands/cluster.ts'
import { compareCommand } from './commands/compare.ts'
import { demoCommand } from './commands/demo.ts'
import { publishCommand } from './commands/publish.ts'
import { serveCommand } from './commands/serve.ts'
import { tailCommand } from './commands/tail.ts'
import { tokenCommand } from './commands/token.ts'
import { upkeepCommands } from './commands/upkeep.ts'
import { withoutEmpty } from './options/sources.ts'
import { processTerminal, type Terminal } from './terminal.ts'
import { UsageFailure } from './usage-failure.ts'
import { version } from './version.ts'

/** Exit codes: a server that could not start or stop in time; a command line or setting that can't be meant. */
const failedExit = 1
const usageExit = 2

/**
 * Runs one command line, without the program's own name.
 * @returns the exit code; every expected failure has been told in one line on stderr by then
 */
export async function run(args: readonly string[], surroundings: Terminal = processTerminal): Promise<number> {
  const terminal = { ...surroundings, environment: withoutEmpty(surroundings.environment) }
  const say = (message: string, exitCode: number): number => {
    terminal.stderr(`dovetail: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
    return exitCode
  }
  try {
    await program(terminal).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : say(meaningOf(error), usageExit)
    if (error instanceof UsageFailure) return say(error.message, usageExit)
    if (error instanceof StartFailure) return say(error.message, failedExit)
    if (error instanceof CommandFailure) return error.message === '' ? failedExit : say(error.message, failedExit)
    throw error
  }
}

function program(terminal: Terminal): Command {
  const program = new Command('dovetail')
    .description('One log, read four ways: the joint between REST and WebSocket.')
    .version(version)
    .exitOverride()
    // Errors, and the help that stands in for one, are told by `run`: exactly one line each.
    .configureOutput({ writeOut: terminal.stdout, writeErr: () => {}, outputError: () => {} })
  for (const command of [
    serveCommand(terminal),
    tokenCommand(terminal),
    demoCommand(terminal),
    checkCommand(terminal),
    compareCommand(terminal),
    clusterCommand(terminal),
    ...upkeepCommands(terminal),
    tailCommand(terminal),
    publishCommand(terminal),
  ]) {
    program.addCommand(withSettings(command, program))
  }
  return program
}

/** Those of commands within a command too, so that their failures are told as any other. */
function withSettings(command: Command, of: Command): Command {
  for (const within of command.commands) withSettings(within, of)
  return command.copyInheritedSettings(of)
}

function meaningOf(error: CommanderError): string {
  if (error.code === 'commander.help') return 'which command? See dovetail --help'
  return error.message.replace(/^error: /, '')
}
