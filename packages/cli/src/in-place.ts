/** Lines at the end of a terminal's output that are drawn over again and again. */
import { stripVTControlCharacters } from 'node:util'

export interface InPlaceOptions {
  readonly write: (text: string) => void
  /** Of the terminal, as wide as it is now. */
  readonly columns: () => number
}

/** Cursor up, the rest of a line gone, all that is below gone (ECMA-48: CUU, EL, ED). */
const up = (lines: number): string => (lines === 0 ? '' : `\x1b[${lines}A`)
const clearLine = '\x1b[K'
const clearBelow = '\x1b[J'

/**
 * After each drawing the cursor stands below it at the start of a line, and is never hidden: whatever ends the process
 * leaves the terminal as a shell wants it. A drawing is one write, line over line, so that nothing flickers.
 */
export class InPlace {
  readonly #options: InPlaceOptions
  /** How long the lines are that stand there now. */
  #drawn: readonly number[] = []

  constructor(options: InPlaceOptions) {
    this.#options = options
  }

  /** `lines`: each shorter than the terminal is wide, colours aside. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}${clearLine}\n`).join('')
    this.#options.write(`${this.#toTop()}${text}${clearBelow}`)
    this.#drawn = lines.map((line) => stripVTControlCharacters(line).length)
  }

  /** What stands there is taken away. */
  clear(): void {
    this.#options.write(`${this.#toTop()}${clearBelow}`)
    this.#drawn = []
  }

  /** A terminal that was made narrower since has broken the lines that no longer fitted. */
  #toTop(): string {
    const columns = Math.max(1, this.#options.columns())
    return up(this.#drawn.reduce((rows, length) => rows + Math.max(1, Math.ceil(length / columns)), 0))
  }
}
