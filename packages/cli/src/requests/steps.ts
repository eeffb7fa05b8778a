/** Walks of the server over all that it keeps, which a command asks for step by step. */
import { CommandFailure } from '../failures/command-failure.ts'
import { InPlace } from '../terminal/in-place.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { Refusal } from './refusal.ts'

export interface Step {
  /** What this step found, or did. */
  readonly found: number
  /** Roughly how many records it has looked at. */
  readonly looked: number
  /** Where the next step goes on; null: that was all. */
  readonly after: string | null
}

interface Progress {
  readonly show: (looked: number, found: number) => void
  readonly end: () => void
}

/** Takes step after step until there are no more, and shows `looked at … records, … <what>`. Resolves with the sums. */
export async function stepwise(
  terminal: Pick<Terminal, 'columns' | 'stderr'>,
  what: string,
  take: (after: string | null) => Promise<Step>,
): Promise<Pick<Step, 'found' | 'looked'>> {
  const progress = openProgress(terminal, what)
  let looked = 0
  let found = 0
  let after: string | null = null
  try {
    do {
      const step = await take(after)
      looked += step.looked
      found += step.found
      after = step.after
      progress.show(looked, found)
    } while (after !== null)
    return { looked, found }
  } catch (error) {
    throw error instanceof Refusal ? new CommandFailure(error.message, { cause: error }) : error
  } finally {
    progress.end()
  }
}

function openProgress(terminal: Pick<Terminal, 'columns' | 'stderr'>, what: string): Progress {
  if (terminal.columns('stderr') === null) return { show: () => undefined, end: () => undefined }
  const lines = new InPlace({ write: terminal.stderr, columns: () => terminal.columns('stderr') ?? 80 })
  return {
    show: (looked, found) => lines.draw([`looked at ${looked} records, ${found} ${what}`]),
    end: () => lines.clear(),
  }
}
