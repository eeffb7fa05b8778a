import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { isChannelName } from 'dovetail-protocol/names'
import { CommandFailure } from '../failures/command-failure.ts'
import { UsageFailure } from '../failures/usage-failure.ts'
import type { Environment } from './sources.ts'

export const defaultUrl = 'http://127.0.0.1:4600'

/** Adds the options that name the server of a command. */
export function addServerOptions(command: Command): Command {
  return command.option('--url <url>', `the server (default: ${defaultUrl}) [DOVETAIL_URL]`)
}

export function serverUrl(command: Command, environment: Environment): string {
  return parseUrl(command.opts<{ url?: string }>().url ?? environment.DOVETAIL_URL ?? defaultUrl)
}

export function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '')
  throw new UsageFailure(`--url: "${text}" is no http or https URL`)
}

export function addTokenOption(command: Command): Command {
  return command
    .option('--token <token>', 'who it is that asks; other users of the machine may see it [DOVETAIL_TOKEN]')
    .option('--token-file <file>', 'the same from a file [DOVETAIL_TOKEN_FILE]')
}

export function callerToken(command: Command, environment: Environment): string | undefined {
  const { token, tokenFile } = command.opts<{ token?: string; tokenFile?: string }>()
  if (token !== undefined && tokenFile !== undefined)
    throw new UsageFailure('--token and --token-file are two ways to say the same; give one of them')
  const found = token ?? (tokenFile === undefined ? environment.DOVETAIL_TOKEN : tokenIn(tokenFile))
  if (found !== undefined && found !== '') return found
  const { DOVETAIL_TOKEN_FILE: file } = environment
  return token === undefined && file !== undefined && file !== '' ? tokenIn(file) : undefined
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new CommandFailure(`--token-file: ${(cause as Error).message}`, { cause })
  }
}

/** Fetches a guest token, for a caller without a token who wants to write. */
export async function guestToken(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/guests`, { method: 'POST' }).catch((cause: unknown) => {
    throw new CommandFailure(`no answer from ${url}`, { cause })
  })
  const reply = (await answer.json().catch(() => ({}))) as { token?: string; detail?: string }
  if (reply.token !== undefined) return reply.token
  throw new CommandFailure(`without --token one writes as a guest, and: ${reply.detail ?? `status ${answer.status}`}`)
}

export function parseChannel(name: string): string {
  if (isChannelName(name)) return name
  throw new UsageFailure(`"${name}" is no name for a channel`)
}

/** Parses a text that must be one of `words`. */
export function parseChoice<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === text)
  if (word !== undefined) return word
  throw new UsageFailure(`${flag}: "${text}" is none of ${words.join(', ')}`)
}
