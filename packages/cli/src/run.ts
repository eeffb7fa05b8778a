import { Command, CommanderError } from 'commander'
import { StartFailure } from 'dovetail-server'
import { checkCommand } from './commands/check.ts'
import { clusterCommand } from './commands/cluster.ts'
import { compareCommand } from './commands/compare.ts'
import { completionCommand } from './commands/completion.ts'
import { conformanceCommand } from './commands/conformance.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { exportCommand } from './commands/export.ts'
import { consumeCommand } from './commands/following/consume.ts'
import { tailCommand } from './commands/following/tail.ts'
import { importCommand } from './commands/import.ts'
import { consumerCommand } from './commands/operating/consumer.ts'
import { keyCommand } from './commands/operating/key.ts'
import { topCommand } from './commands/operating/top.ts'
import { userCommand } from './commands/operating/user.ts'
import { webhooksCommand } from './commands/operating/webhooks.ts'
import { publishCommand } from './commands/publish.ts'
import { schemaCommand } from './commands/schema.ts'
import { serveCommand } from './commands/serve.ts'
import { tokenCommand } from './commands/token.ts'
import { upkeepCommands } from './commands/upkeep.ts'
import { CommandFailure } from './failures/command-failure.ts'
import { UsageFailure } from './failures/usage-failure.ts'
import { withoutEmpty } from './options/sources.ts'
import { processTerminal, type Terminal } from './terminal/terminal.ts'
import { version } from './version.ts'

/** Exit codes: a failed command, such as a server that could not start or stop in time; an invalid command line or setting. */
const failedExit = 1
const usageExit = 2

/**
 * Runs one command line, without the program's own name.
 * @returns the exit code; every expected failure has been printed as one line on stderr by then
 */
export async function run(args: readonly string[], surroundings: Terminal = processTerminal): Promise<number> {
  const terminal = { ...surroundings, environment: withoutEmpty(surroundings.environment) }
  const printFailure = (message: string, exitCode: number): number => {
    terminal.stderr(`dovetail: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
    return exitCode
  }
  try {
    await program(terminal).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? 0 : printFailure(describeCommanderError(error), usageExit)
    if (error instanceof UsageFailure) return printFailure(error.message, usageExit)
    if (error instanceof StartFailure) return printFailure(error.message, failedExit)
    if (error instanceof CommandFailure)
      return error.message === '' ? failedExit : printFailure(error.message, failedExit)
    throw error
  }
}

function program(terminal: Terminal): Command {
  const program = new Command('dovetail')
    .description('One log, read four ways: the joint between REST and WebSocket.')
    .version(version)
    .exitOverride()
    // `run` prints each error, or the help that commander gives instead, as exactly one line.
    .configureOutput({ writeOut: terminal.stdout, writeErr: () => {}, outputError: () => {} })
  for (const [group, commands] of Object.entries(commandGroups(terminal)))
    for (const command of commands) program.addCommand(withSettings(command, program).helpGroup(group))
  return program.addHelpText('after', examples)
}

function commandGroups(terminal: Terminal): Readonly<Record<string, readonly Command[]>> {
  return {
    'Run a server:': [serveCommand(terminal), clusterCommand(terminal), tokenCommand(terminal), topCommand(terminal)],
    'Read and write:': [
      tailCommand(terminal),
      publishCommand(terminal),
      consumeCommand(terminal),
      demoCommand(terminal),
    ],
    'Look after its data:': [
      ...upkeepCommands(terminal),
      importCommand(terminal),
      exportCommand(terminal),
      userCommand(terminal),
      keyCommand(terminal),
      webhooksCommand(terminal),
      consumerCommand(terminal),
      schemaCommand(terminal),
    ],
    'Measure and check:': [
      compareCommand(terminal),
      checkCommand(terminal),
      doctorCommand(terminal),
      conformanceCommand(terminal),
    ],
    'This command itself:': [completionCommand(terminal)],
  }
}

const examples = `
Examples:
  dovetail serve --data /srv/dovetail
  dovetail token --user alice --ttl 1h --data /srv/dovetail
  dovetail top --token-file operator.token
  dovetail tail chat:general
  echo '{"text":"hello"}' | dovetail publish chat:general messages
  dovetail compare --quick
`

/** Applies the settings to nested commands too, so that their failures are printed like any other. */
function withSettings(command: Command, of: Command): Command {
  for (const within of command.commands) withSettings(within, of)
  return command.copyInheritedSettings(of)
}

function describeCommanderError(error: CommanderError): string {
  if (error.code === 'commander.help') return 'which command? See dovetail --help'
  return error.message.replace(/^error: /, '')
}
