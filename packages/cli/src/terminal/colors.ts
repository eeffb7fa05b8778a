import { styleText } from 'node:util'
import type { OutputName, Terminal } from './terminal.ts'

type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow'

/** Each gives the text in that style, or plain. */
export type Colors = Readonly<Record<Style, (text: string) => string>>

/** @param isColored whether texts get their styles, or stay plain */
export function createColors(isColored: boolean): Colors {
  const inStyle = (name: Style) => (text: string) =>
    // The caller decides by the stream, so Node need not look at one.
    isColored ? styleText(name, text, { validateStream: false }) : text
  return {
    bold: inStyle('bold'),
    cyan: inStyle('cyan'),
    dim: inStyle('dim'),
    green: inStyle('green'),
    red: inStyle('red'),
    yellow: inStyle('yellow'),
  }
}

/**
 * Styles for a stream. Decided here, since Node would decide by the environment and the process's own stream, but piped
 * output must be plain text everywhere.
 */
export function colorsFor(terminal: Pick<Terminal, 'environment' | 'columns'>, stream: OutputName): Colors {
  return createColors(isColored(terminal, stream))
}

function isColored({ environment, columns }: Pick<Terminal, 'environment' | 'columns'>, stream: OutputName): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment
  if (NO_COLOR) return false
  // As in Node: only level 0 has no colours.
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return columns(stream) !== null && TERM !== 'dumb'
}
