import { loadOrMakeSecret } from '@dovetail/server'
import { CommandFailure } from '../command-failure.ts'

/**
 * The secret of a data folder; made where there is none.
 * @throws CommandFailure
 */
export async function dataSecret(data: string): Promise<string> {
  try {
    return await loadOrMakeSecret(data)
  } catch (cause) {
    throw new CommandFailure(`data: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
