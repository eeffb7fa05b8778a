/** CSV with a header: the columns of a record have its members' names, all other columns make its data. */
import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse'
import { CommandFailure } from '../failures/command-failure.ts'
import type { ImportedRecord, Incoming } from './incoming.ts'
import type { ImportTarget } from './json-lines.ts'
import { OwnKeys } from './own-keys.ts'

export interface CsvForm {
  /** Between two cells. */
  readonly delimiter: string
  /** Columns whose cells are numbers. */
  readonly numbers: readonly string[]
}

type Row = Readonly<Record<string, string>>

const texts = ['id', 'author', 'createdAt', 'updatedAt'] as const
const members: ReadonlySet<string> = new Set([...texts, 'deleted'])

export async function* readCsv(file: string, target: ImportTarget, form: CsvForm): AsyncGenerator<Incoming, void> {
  const broken: Incoming[] = []
  const rows = createReadStream(file).pipe(
    parse({
      bom: true,
      columns: true,
      delimiter: form.delimiter,
      info: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error, text) => {
        broken.push({
          line: Number(error?.lines ?? 0),
          text: text ?? '',
          fault: { code: 'invalid_data', detail: error?.message ?? 'The row is no CSV.' },
        })
      },
    }),
  )
  const keys = new OwnKeys()
  try {
    for await (const { info, record } of rows as AsyncIterable<{ info: { lines: number }; record: Row }>) {
      yield* broken.splice(0)
      yield { line: info.lines, channel: target.channel, record: recordOf(record, target, form, keys) }
    }
  } catch (cause) {
    throw new CommandFailure(`${file}: ${(cause as Error).message}`, { cause })
  }
  yield* broken
}

function recordOf(row: Row, { collection }: ImportTarget, { numbers }: CsvForm, keys: OwnKeys): ImportedRecord {
  const named = Object.fromEntries(texts.flatMap((name) => (row[name] ? [[name, row[name]]] : [])))
  const cells = Object.entries(row).filter(([name, cell]) => !members.has(name) && cell !== '')
  const data = Object.fromEntries(cells.map(([name, cell]) => [name, numbers.includes(name) ? Number(cell) : cell]))
  const deleted = row.deleted === 'true' || row.deleted === '1'
  const record: ImportedRecord = { collection, ...named, ...(deleted ? { deleted } : { data }) }
  return record.id === undefined ? { ...record, key: keys.of(record) } : record
}
