/** The server's log on stderr: JSON lines, or readable lines where stderr is a terminal. */
import pino from 'pino'

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

type Write = (fields: object, message: string) => void

/** What the server asks of a log that an application hands over: pino's loggers have it, and Fastify's `app.log`. */
export interface ApplicationLog extends Readonly<Record<Exclude<LogLevel, 'silent'>, Write>> {
  /** Absent: everything is logged. */
  isLevelEnabled?(level: string): boolean
}

export type Logger = ApplicationLog & Required<Pick<ApplicationLog, 'isLevelEnabled'>>

/** The application's own log where it is given, else one on stderr. */
export function openLog(log: LogLevel | ApplicationLog): Logger {
  if (typeof log === 'string') return logOnStderr(log)
  const { isLevelEnabled = () => true } = log
  // Its methods may need the logger that they belong to.
  return Object.assign(Object.create(log) as ApplicationLog, { isLevelEnabled: isLevelEnabled.bind(log) })
}

function logOnStderr(level: LogLevel): Logger {
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
