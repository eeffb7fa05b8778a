/**
 * Appends to one record take effect in the order in which they come. Those that come while one is being committed are
 * then committed together: one unit, in which each takes a revision of its own. So a text that grows fast costs the
 * store one write of its row for each commit, and no append is decided again because the one before it was quicker.
 */
import type { Caller } from '../access/caller.ts'
import type { WriteCommand } from './decide.ts'
import { WriteFailure } from './write-failure.ts'

/** The most appends of one unit, each of which carries the whole text. */
const maxTogether = 20

/** Commits appends to one record, all or none. */
export type WriteAppends<Result> = (caller: Caller, commands: readonly WriteCommand[]) => Promise<Result[]>

interface Waiting<Result> {
  readonly caller: Caller
  readonly command: WriteCommand
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export class AppendQueue<Result> {
  /** What waits by record; no entry: no append to the record is under way. */
  readonly #lines = new Map<string, Waiting<Result>[]>()

  add(caller: Caller, command: WriteCommand, write: WriteAppends<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const record = `${command.channel} ${command.collection} ${command.recordId}`
      const waiting = { caller, command, resolve, reject }
      const line = this.#lines.get(record)
      if (line !== undefined) line.push(waiting)
      else void this.#run(record, [waiting], write)
    })
  }

  async #run(record: string, line: Waiting<Result>[], write: WriteAppends<Result>): Promise<void> {
    this.#lines.set(record, line)
    while (line.length > 0) await commit(takeTogether(line), write)
    this.#lines.delete(record)
  }
}

/** Takes the first ones of a line, as many as may be committed together. */
function takeTogether<Result>(line: Waiting<Result>[]): Waiting<Result>[] {
  const [first] = line
  let count = 1
  while (count < Math.min(line.length, maxTogether) && first !== undefined && goesWith(first, line[count])) count++
  return line.splice(0, count)
}

/** A precondition names a revision, which an append in the same unit would make unknown. */
function goesWith<Result>(first: Waiting<Result>, next: Waiting<Result> | undefined): boolean {
  return next !== undefined && next.caller === first.caller && isBare(first.command) && isBare(next.command)
}

function isBare({ ifMatch, ifNoneMatch, ifExists, ifAbsent }: WriteCommand): boolean {
  return ifMatch === undefined && ifNoneMatch === undefined && ifExists === undefined && ifAbsent === undefined
}

/** A refused append holds the others back from nothing. Settles each; never rejects. */
async function commit<Result>(together: readonly Waiting<Result>[], write: WriteAppends<Result>): Promise<void> {
  const [first] = together
  if (first === undefined) return
  try {
    const results = await write(
      first.caller,
      together.map(({ command }) => command),
    )
    for (const [index, result] of results.entries()) together[index]?.resolve(result)
  } catch (error) {
    const refused = error instanceof WriteFailure && together.length > 1 ? together[error.index] : undefined
    if (refused === undefined) for (const { reject } of together) reject(error)
    else {
      refused.reject(error)
      await commit(
        together.filter((each) => each !== refused),
        write,
      )
    }
  }
}
