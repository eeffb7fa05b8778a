/** The lines of `dovetail export`, read for the import that gives the same log again. */
import { CommandFailure } from '../failures/command-failure.ts'
import type { ImportedRecord } from './incoming.ts'
import { linesIn } from './json-lines.ts'

/** What a line of an export may say, besides `{"export":1}` at the beginning. */
export type ExportLine =
  /** The facts of a channel, before its records. */
  | { readonly channel: string; readonly visibility: string; readonly title: string | null; readonly createdAt: string }
  | { readonly channel: string; readonly record: ImportedRecord }
  /** The profile and the read markers of a user. */
  | { readonly user: string; readonly account: object }
  /** Everything up to this cursor stands above. `complete`: this was the head. */
  | { readonly channel: string; readonly cursor: string; readonly head: number; readonly complete: boolean }

/** Whether the file begins as an export does. */
export async function isExport(file: string): Promise<boolean> {
  for await (const { text } of linesIn(file)) return /^\{"export":\d+\}$/.test(text.trim())
  return false
}

export async function* readExportLines(
  file: string,
): AsyncGenerator<{ readonly line: number; readonly content: ExportLine }, void> {
  for await (const { line, text } of linesIn(file)) {
    let content: unknown
    try {
      content = JSON.parse(text)
    } catch (cause) {
      throw new CommandFailure(`${file}: line ${line} is no JSON; an export that was cut off ends there`, { cause })
    }
    // An export that went on in the same file begins anew.
    if (typeof content === 'object' && content !== null && !('export' in content))
      yield { line, content: content as ExportLine }
  }
}
