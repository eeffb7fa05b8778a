/** Lines at the end of a terminal's output that are redrawn in place. */
import { stripVTControlCharacters } from 'node:util'

export interface InPlaceOptions {
  readonly write: (text: string) => void
  /** The terminal's present width in columns. */
  readonly columns: () => number
}

/** Escape sequences (ECMA-48): cursor up (CUU), erase to the end of the line (EL), erase below (ED). */
const up = (lines: number): string => (lines === 0 ? '' : `\x1b[${lines}A`)
const clearLine = '\x1b[K'
const clearBelow = '\x1b[J'

/**
 * Redraws lines in place. After each drawing the cursor is below it at the start of a line, and it is never hidden, so
 * that the terminal is usable however the process ends. A drawing is one write, line over line, so that nothing flickers.
 */
export class InPlace {
  readonly #options: InPlaceOptions
  /** The lengths of the lines on the screen. */
  #drawn: readonly number[] = []

  constructor(options: InPlaceOptions) {
    this.#options = options
  }

  /** Draws `lines`, each shorter than the terminal is wide, not counting colours. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}${clearLine}\n`).join('')
    this.#options.write(`${this.#toTop()}${text}${clearBelow}`)
    this.#drawn = lines.map((line) => stripVTControlCharacters(line).length)
  }

  /** Removes the drawn lines. */
  clear(): void {
    this.#options.write(`${this.#toTop()}${clearBelow}`)
    this.#drawn = []
  }

  /** Moves the cursor to the first drawn line. A terminal that became narrower has wrapped lines, which take more rows. */
  #toTop(): string {
    const columns = Math.max(1, this.#options.columns())
    return up(this.#drawn.reduce((rows, length) => rows + Math.max(1, Math.ceil(length / columns)), 0))
  }
}
