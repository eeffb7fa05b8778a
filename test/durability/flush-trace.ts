/**
 * Reads what `strace -f -y` wrote of a whole server: which message was written to the store's log,
 * when that was flushed, and when a socket first carried it. Lines stand in the order of events: a
 * call that others ran past stands twice, as `<unfinished ...>` where it began and `resumed` where it ended.
 */
interface Call {
  readonly name: string
  /** The file or socket, as `-y` prints it. */
  readonly target: string
  /** The line on which it began, with the data of a write. */
  readonly text: string
  readonly beganAt: number
  readonly endedAt: number
}

export const straceFlags = [
  '-D',
  '-f',
  '-y',
  '-s',
  '20000',
  '-e',
  'trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg',
]

/** One complaint for each message that left by a socket before the log that holds it was flushed. */
export function sentBeforeFlush(trace: string, messages: readonly string[]): string[] {
  const calls = readCalls(trace)
  const logged = calls.filter(({ name, target }) => name === 'pwrite64' && target.endsWith('-wal'))
  const flushes = calls.filter(({ name, target }) => /^f(data)?sync$/.test(name) && target.endsWith('-wal'))
  const sent = calls.filter(({ target }) => /^(socket|TCP)/.test(target))
  return messages.flatMap((message) => {
    const wrote = logged.find(({ text }) => text.includes(message))
    const flushed = wrote === undefined ? undefined : flushes.find(({ beganAt }) => beganAt > wrote.endedAt)
    const left = sent.find(({ text }) => text.includes(message))
    if (left === undefined) return [`"${message}" was never sent: the trace shows nothing`]
    if (wrote === undefined) return [`"${message}" was sent at line ${left.beganAt}, and never written`]
    if (flushed === undefined) return [`"${message}" was sent at line ${left.beganAt}, and never flushed`]
    if (left.beganAt > flushed.endedAt) return []
    return [`"${message}" was sent at line ${left.beganAt}, before its flush ended at line ${flushed.endedAt}`]
  })
}

/** Calls that succeeded, in the order in which they began. */
function readCalls(trace: string): Call[] {
  const calls: Call[] = []
  const underWay = new Map<string, { text: string; beganAt: number }>()
  for (const [line, text] of trace.split('\n').entries()) {
    const thread = /^\d+/.exec(text)?.[0] ?? ''
    if (text.endsWith('<unfinished ...>')) {
      underWay.set(thread, { text, beganAt: line })
      continue
    }
    const begun = / <\.\.\. \w+ resumed>/.test(text) ? underWay.get(thread) : { text, beganAt: line }
    underWay.delete(thread)
    const match = begun === undefined ? null : /^\d+ +(\w+)\(\d+<([^>]*)>/.exec(begun.text)
    if (begun === undefined || match === null || /= -1 /.test(text.slice(-80))) continue
    calls.push({ name: match[1] ?? '', target: match[2] ?? '', ...begun, endedAt: line })
  }
  return calls.sort((a, b) => a.beganAt - b.beganAt)
}
