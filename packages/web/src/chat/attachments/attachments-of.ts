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
