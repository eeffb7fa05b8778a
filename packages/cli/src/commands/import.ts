import { closeSync, openSync, writeSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Command } from 'commander'
import { isCollectionName } from 'dovetail-protocol/names'
import { CommandFailure } from '../failures/command-failure.ts'
import { UsageFailure } from '../failures/usage-failure.ts'
import { readCsv } from '../import/csv.ts'
import { isExport } from '../import/export-lines.ts'
import { inDateOrder } from '../import/in-date-order.ts'
import type { Incoming } from '../import/incoming.ts'
import { type ImportTarget, readJsonLines } from '../import/json-lines.ts'
import { openImportProgress } from '../import/progress.ts'
import { restoreExport } from '../import/restore.ts'
import type { ImportCounts, RefusedRecord } from '../import/results.ts'
import { sendRecords } from '../import/send.ts'
import { readSlack } from '../import/slack/slack.ts'
import {
  addServerOptions,
  addTokenOption,
  callerToken,
  parseChannel,
  parseChoice,
  serverUrl,
} from '../options/server-options.ts'
import { Refusal } from '../requests/refusal.ts'
import { Requests } from '../requests/requests.ts'
import type { Terminal } from '../terminal/terminal.ts'

const formats = ['jsonl', 'csv', 'slack', 'export'] as const
type Format = (typeof formats)[number]

interface Flags {
  readonly format?: string
  readonly delimiter: string
  readonly numbers?: string
  readonly refused?: string
}

/** `dovetail import`: brings records in with their ids, authors and dates. */
export function importCommand(terminal: Terminal): Command {
  const command = new Command('import')
    .description('bring records in with their ids, authors and dates; again, it changes nothing')
    .argument('<file>', 'JSON lines, CSV, a Slack export (folder or zip), or what dovetail export wrote')
    .argument('[channel]', "such as chat:general; 'chat:*' for each channel of a Slack export; of an export: none")
    .argument('[collection]', 'such as messages; of an export: none')
    .option('--format <format>', `${formats.join(', ')} (default: by the file)`)
    .option('--delimiter <text>', 'what stands between two cells of CSV', ',')
    .option('--numbers <columns>', 'the columns of CSV that hold numbers, with commas between')
    .option('--refused <file>', 'where refused records go (default: the file with .refused.jsonl behind it)')
  addServerOptions(command)
  addTokenOption(command)
  return command.action(async (file: string, channel?: string, collection?: string) => {
    const flags = command.opts<Flags>()
    const format = await formatOf(file, flags)
    const url = serverUrl(command, terminal.environment)
    const token = callerToken(command, terminal.environment)
    if (token === undefined) throw new UsageFailure('an import needs the --token of a service')
    const target = format === 'export' ? null : parseTarget(format, channel, collection)
    if (target === null && channel !== undefined)
      throw new UsageFailure('an export names its channels and collections itself')
    const refused = new RefusedFile(flags.refused ?? `${file.replace(/\/+$/, '')}.refused.jsonl`)
    try {
      const requests = new Requests({ url, token })
      const counts =
        target === null
          ? await restore(terminal, requests, file, refused)
          : await send(terminal, requests, sourceOf(format, file, target, flags), refused)
      terminal.stdout(`${JSON.stringify(counts)}\n`)
      if (counts.refused > 0) throw new CommandFailure(`${counts.refused} refused; they are in ${refused.path}`)
    } catch (error) {
      throw error instanceof Refusal ? new CommandFailure(error.message, { cause: error }) : error
    } finally {
      refused.close()
    }
  })
}

function parseTarget(format: Format, channel: string | undefined, collection: string | undefined): ImportTarget {
  if (channel === undefined || collection === undefined)
    throw new UsageFailure('name the channel and the collection to import into')
  if (!isCollectionName(collection)) throw new UsageFailure(`"${collection}" is no name for a collection`)
  const name = format === 'slack' ? channel.replace(/\*$/, 'x') : channel
  parseChannel(name)
  return { channel, collection }
}

async function formatOf(file: string, { format }: Flags): Promise<Format> {
  const found = await stat(file).catch((cause: Error) => {
    throw new CommandFailure(cause.message, { cause })
  })
  if (format !== undefined) return parseChoice('--format', format, formats)
  if (found.isDirectory() || file.endsWith('.zip')) return 'slack'
  if (/\.[ct]sv$/i.test(file)) return 'csv'
  return (await isExport(file)) ? 'export' : 'jsonl'
}

function sourceOf(format: Format, file: string, target: ImportTarget, flags: Flags): AsyncIterable<Incoming> {
  switch (format) {
    case 'csv': {
      const numbers = flags.numbers?.split(',').map((name) => name.trim()) ?? []
      return readCsv(file, target, { delimiter: flags.delimiter, numbers })
    }
    case 'slack':
      return readSlack(file, target)
    case 'jsonl':
    case 'export':
      return readJsonLines(file, target)
  }
}

async function send(
  terminal: Terminal,
  requests: Requests,
  source: AsyncIterable<Incoming>,
  refused: RefusedFile,
): Promise<ImportCounts> {
  const records = await inDateOrder(source)
  const progress = openImportProgress(terminal, records.length)
  try {
    return await sendRecords(requests, records, { onRefused: refused.write, onProgress: progress.show })
  } finally {
    progress.end()
  }
}

async function restore(
  terminal: Terminal,
  requests: Requests,
  file: string,
  refused: RefusedFile,
): Promise<ImportCounts> {
  const progress = openImportProgress(terminal, null)
  try {
    return await restoreExport(requests, file, { onRefused: refused.write, onProgress: progress.show })
  } finally {
    progress.end()
  }
}

/** A JSON line for each record that was refused. Made with the first one. */
class RefusedFile {
  readonly path: string
  #file: number | null = null

  constructor(path: string) {
    this.path = path
  }

  readonly write = (refused: RefusedRecord): void => {
    this.#file ??= openSync(this.path, 'w', 0o600)
    writeSync(this.#file, `${JSON.stringify(refused)}\n`)
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
  }
}
