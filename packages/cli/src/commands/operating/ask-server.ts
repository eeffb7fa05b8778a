/** The one request of a command that only staff may give. */
import type { Command } from 'commander'
import { CommandFailure } from '../../failures/command-failure.ts'
import { UsageFailure } from '../../failures/usage-failure.ts'
import { callerToken, serverUrl } from '../../options/server-options.ts'
import { Refusal } from '../../requests/refusal.ts'
import { Requests } from '../../requests/requests.ts'
import type { Terminal } from '../../terminal/terminal.ts'

export interface StaffRequest {
  readonly method: string
  readonly path: string
  readonly body?: object | undefined
  /** Whose token it needs, such as `an admin`. */
  readonly staff: string
}

/** The parsed body of the reply. @throws UsageFailure without a token. @throws CommandFailure where it is refused */
export async function askServer(
  command: Command,
  terminal: Terminal,
  { method, path, body, staff }: StaffRequest,
): Promise<unknown> {
  const token = callerToken(command, terminal.environment)
  if (token === undefined) throw new UsageFailure(`this needs the --token of ${staff}`)
  const requests = new Requests({ url: serverUrl(command, terminal.environment), token })
  try {
    return await requests.ask(method, path, body)
  } catch (error) {
    throw error instanceof Refusal ? new CommandFailure(error.message, { cause: error }) : error
  }
}
