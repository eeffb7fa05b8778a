/** A Slack export as records: of one channel, or of all that a pattern of names stands for. */
import { isChannelName, isUserName } from 'dovetail-protocol/names'
import { CommandFailure } from '../../failures/command-failure.ts'
import type { Incoming } from '../incoming.ts'
import type { ImportTarget } from '../json-lines.ts'
import { type Archive, openArchive } from './archive.ts'
import { recordsOf, type SlackMessage } from './message-records.ts'

interface Named {
  readonly id?: string
  readonly name?: string
}

/** `target.channel`: the channel; its name after the colon is Slack's, and `*` there stands for every one. */
export async function* readSlack(path: string, { channel, collection }: ImportTarget): AsyncGenerator<Incoming, void> {
  const archive = await openArchive(path)
  try {
    const nameOf = await readNames(archive)
    for (const { folder, days } of wantedFolders(archive, channel, path)) {
      const target = channel.replace('*', folder)
      if (!isChannelName(target)) throw new CommandFailure(`"${target}" is no name for a channel`)
      for (const day of days) {
        const messages = await archive.readJson(day)
        if (!Array.isArray(messages)) throw new CommandFailure(`${day} is no list of messages`)
        for (const [index, message] of (messages as readonly SlackMessage[]).entries()) {
          const line = `${day} message ${index + 1}`
          for (const record of recordsOf(message, collection, nameOf)) yield { line, channel: target, record }
        }
      }
    }
  } finally {
    archive.close()
  }
}

/** Slack's id of a user → the user's name in Slack, where it is a name for a user; else the id. */
async function readNames(archive: Archive): Promise<(id: string) => string> {
  const path = archive.paths.find((each) => each === 'users.json' || each.endsWith('/users.json'))
  const users = path === undefined ? [] : ((await archive.readJson(path)) as readonly Named[])
  const names = new Map(users.flatMap(({ id, name }) => (id && name && isUserName(name) ? [[id, name] as const] : [])))
  return (id) => names.get(id) ?? id
}

interface Folder {
  readonly folder: string
  /** The files of its days, the first one first. */
  readonly days: readonly string[]
}

function wantedFolders({ paths }: Archive, channel: string, path: string): readonly Folder[] {
  const folders = new Map<string, string[]>()
  for (const each of paths) {
    const found = /(?:^|\/)([^/]+)\/\d{4}-\d\d-\d\d\.json$/.exec(each)?.[1]
    if (found !== undefined) folders.set(found, [...(folders.get(found) ?? []), each])
  }
  const wanted = channel.slice(channel.indexOf(':') + 1)
  const names = [...folders.keys()].sort().filter((name) => wanted === '*' || name === wanted)
  if (names.length === 0)
    throw new CommandFailure(`${path} has no channel "${wanted}"; it has: ${[...folders.keys()].sort().join(', ')}`)
  return names.map((folder) => ({ folder, days: (folders.get(folder) ?? []).sort() }))
}
