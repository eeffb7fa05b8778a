import { readFile } from 'node:fs/promises'
import { UsageFailure } from '../failures/usage-failure.ts'
import type { ConfigFile } from './config-file.ts'
import type { Environment, Flags } from './sources.ts'

/** The least length for HS256: as many bits as its digest has. */
const leastCharacters = 32

/**
 * The secret as text: from the file that the flag or the configuration names, or from the variable, which holds it.
 * @returns `undefined` if none is set: the server then creates one in its data folder
 * @throws UsageFailure
 */
export async function readSecret(
  flags: Flags,
  environment: Environment,
  file: ConfigFile,
): Promise<string | undefined> {
  if (typeof flags.secret === 'string') return secretOf(flags.secret, '--secret')
  if (environment.DOVETAIL_SECRET !== undefined) return checked(environment.DOVETAIL_SECRET, 'DOVETAIL_SECRET')
  const configured = file.options.get('secret')
  return typeof configured === 'string' ? secretOf(configured, `${file.path}: secret`) : undefined
}

async function secretOf(path: string, source: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageFailure(`${source}: ${path} can't be read (${error.code})`)
  })
  return checked(text.trim(), source)
}

function checked(secret: string, source: string): string {
  if (secret.length >= leastCharacters) return secret
  throw new UsageFailure(`${source}: the secret must have ${leastCharacters} characters or more`)
}
