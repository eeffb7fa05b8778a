/**
 * Reads a trace of `strace -f -y`. Counts the acknowledgements written, and how many of them were
 * written while a write to the log was not flushed, or without a flush since the last acknowledgement.
 */
export function ackedUnflushed(trace: string): { readonly acks: number; readonly unflushed: number } {
  let acks = 0
  let unflushed = 0
  let dirty = false
  let flushes = 0
  /** Threads with a flush of the log under way. */
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
