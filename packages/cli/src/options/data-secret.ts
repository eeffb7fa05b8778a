import { loadOrMakeSecret } from 'dovetail-server'
import { CommandFailure } from '../failures/command-failure.ts'

/**
 * Reads the secret of a data folder, or creates it.
 * @throws CommandFailure
 */
export async function loadDataSecret(data: string): Promise<string> {
  try {
    return await loadOrMakeSecret(data)
  } catch (cause) {
    throw new CommandFailure(`data: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
