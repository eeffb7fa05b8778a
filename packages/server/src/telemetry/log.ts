/** The server's log on stderr: JSON lines, or readable lines where stderr is a terminal. */
import pino, { type Logger } from 'pino'

export type { Logger }

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

export function openLog(level: LogLevel): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (process.stderr.isTTY !== true) return pino(options, pino.destination({ dest: 2, sync: true }))
  return pino(options, { write: (line: string) => process.stderr.write(readable(line)) })
}

function readable(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as { time: string; level: number; msg?: string }
  const extra = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`
  // A reason may quote what a client sent: no control character of it reaches the terminal.
  const shown = `${time.slice(11, 23)} ${pino.levels.labels[level] ?? level} ${msg ?? ''}${extra}`
  return `${shown.replaceAll(/\p{Cc}/gu, '?')}\n`
}
