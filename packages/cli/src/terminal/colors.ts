import pc from 'picocolors'
import type { OutputName, Terminal } from './terminal.ts'

export type Colors = ReturnType<typeof pc.createColors>

/**
 * Colours for a stream. Decided here, since the library would colour whenever CI is set, but piped output must be
 * plain text there too.
 */
export function colorsFor(terminal: Pick<Terminal, 'environment' | 'columns'>, stream: OutputName): Colors {
  return pc.createColors(isColored(terminal, stream))
}

function isColored({ environment, columns }: Pick<Terminal, 'environment' | 'columns'>, stream: OutputName): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment
  if (NO_COLOR) return false
  // As in Node: only level 0 has no colours.
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return columns(stream) !== null && TERM !== 'dumb'
}
