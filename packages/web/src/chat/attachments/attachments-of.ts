import type { TakenFiles } from 'dovetail-protocol'
import { useEffect, useState } from 'react'
import type { AppClient } from '../../session/app-client.ts'
import { Attachments } from './attachments.ts'
import { readImageSize } from './read-image-size.ts'

const kept = new WeakMap<AppClient, Map<string, Attachments>>()

/** The attachments of a channel's draft: the same ones as long as the page lives. */
export function attachmentsOf(client: AppClient, channel: string): Attachments {
  const ofClient = kept.get(client) ?? new Map<string, Attachments>()
  kept.set(client, ofClient)
  const found = ofClient.get(channel)
  if (found !== undefined) return found
  const made = new Attachments({
    upload: async (file, options) =>
      (await import('dovetail-client/files')).files(client, channel).upload(file, options),
    readSize: readImageSize,
    mostBytes: async () => (await client.limits()).fileBytes ?? null,
  })
  ofClient.set(channel, made)
  return made
}

const asked = new WeakMap<AppClient, Map<string, Promise<TakenFiles | null>>>()

/** The channels of a namespace take the same files, so one of them is asked for all. */
function ask(client: AppClient, channel: string): Promise<TakenFiles | null> {
  const [namespace = ''] = channel.split(':', 1)
  const ofClient = asked.get(client) ?? new Map<string, Promise<TakenFiles | null>>()
  asked.set(client, ofClient)
  const known = ofClient.get(namespace)
  if (known !== undefined) return known
  const answer = client
    .channel(channel as `chat:${string}`)
    .describe()
    .then(({ files = null }) => files)
  ofClient.set(namespace, answer)
  // Another channel, or the next visit, asks again.
  answer.catch(() => ofClient.delete(namespace))
  return answer
}

/** What files a channel takes; null: none; undefined: not known, so it may be tried. */
export function useTakenFiles(client: AppClient, channel: string): TakenFiles | null | undefined {
  const [taken, setTaken] = useState<TakenFiles | null>()
  useEffect(() => {
    let isOver = false
    ask(client, channel).then(
      (answer) => isOver || setTaken(answer),
      () => undefined,
    )
    return () => {
      isOver = true
    }
  }, [client, channel])
  return taken
}
