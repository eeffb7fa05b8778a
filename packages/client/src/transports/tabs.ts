/** What lets the tabs of one origin talk to each other. */
export interface Tabs {
  readonly locks: Pick<LockManager, 'request'>
  open(name: string): Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'>
}

/** What tabs communicate by; null where the environment lacks it. */
export function tabsOf(): Tabs | null {
  const locks = globalThis.navigator?.locks
  if (globalThis.document === undefined || locks === undefined || globalThis.BroadcastChannel === undefined) return null
  return { locks, open: (name) => new BroadcastChannel(name) }
}
