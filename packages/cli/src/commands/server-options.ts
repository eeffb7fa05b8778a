import { isChannelName } from '@dovetail/protocol/names'
import type { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'
import type { Environment } from '../options/sources.ts'
import { UsageFailure } from '../usage-failure.ts'

export const defaultUrl = 'http://127.0.0.1:4600'

/** Which server a command talks to. */
export function addServerOptions(command: Command): Command {
  return command.option('--url <url>', `the server (default: ${defaultUrl}) [DOVETAIL_URL]`)
}

export function serverUrl(command: Command, environment: Environment): string {
  return checkedUrl(command.opts<{ url?: string }>().url ?? environment.DOVETAIL_URL ?? defaultUrl)
}

export function checkedUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '')
  throw new UsageFailure(`--url: "${text}" is no http or https URL`)
}

export function addTokenOption(command: Command): Command {
  return command.option('--token <token>', 'who it is that asks [DOVETAIL_TOKEN]')
}

export function callerToken(command: Command, environment: Environment): string | undefined {
  const token = command.opts<{ token?: string }>().token ?? environment.DOVETAIL_TOKEN
  return token === '' ? undefined : token
}

/** A guest's token, for who has none and wants to write. */
export async function guestToken(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/guests`, { method: 'POST' }).catch((cause: unknown) => {
    throw new CommandFailure(`no answer from ${url}`, { cause })
  })
  const told = (await answer.json().catch(() => ({}))) as { token?: string; detail?: string }
  if (told.token !== undefined) return told.token
  throw new CommandFailure(`without --token one writes as a guest, and: ${told.detail ?? `status ${answer.status}`}`)
}

export function checkedChannel(name: string): string {
  if (isChannelName(name)) return name
  throw new UsageFailure(`"${name}" is no name for a channel`)
}

/** One of a few words. */
export function chosen<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === text)
  if (word !== undefined) return word
  throw new UsageFailure(`${flag}: "${text}" is none of ${words.join(', ')}`)
}
