import type { Command } from 'commander'
import type { Environment } from '../options/sources.ts'
import { UsageFailure } from '../usage-failure.ts'

const defaultUrl = 'http://127.0.0.1:4600'

/** Which server a command talks to. */
export function addServerOptions(command: Command): Command {
  return command.option('--url <url>', `the server (default: ${defaultUrl}) [DOVETAIL_URL]`)
}

export function serverUrl(command: Command, environment: Environment): string {
  const text = command.opts<{ url?: string }>().url ?? environment.DOVETAIL_URL ?? defaultUrl
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '')
  throw new UsageFailure(`--url: "${text}" is no http or https URL`)
}
