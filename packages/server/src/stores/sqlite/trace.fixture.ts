/**
 * Reads a trace of `strace -f -y`: how many acknowledgements were written, and how many of them
 * while something written to the log had not been flushed, or with no flush since the one before.
 */
export function ackedUnflushed(trace: string): { readonly acks: number; readonly unflushed: number } {
  let acks = 0
  let unflushed = 0
  let dirty = false
  let flushes = 0
  /** Threads that are within a flush of the log. */
  const flushing = new Set<string>()
  for (const line of trace.split('\n')) {
    const thread = line.slice(0, line.indexOf(' '))
    if (/ write\(1<[^>]*>, "ack /.test(line)) {
      acks++
      if (dirty || flushes === 0) unflushed++
      flushes = 0
    } else if (/ pwrite64\(\d+<[^>]*-wal>/.test(line)) {
      dirty = true
    } else if (/ f(data)?sync\(\d+<[^>]*-wal>/.test(line)) {
      flushing.add(thread)
    }
    if (flushing.has(thread) && /f(data)?sync.* = 0$/.test(line)) {
      flushing.delete(thread)
      dirty = false
      flushes++
    }
  }
  return { acks, unflushed }
}
