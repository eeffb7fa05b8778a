/** What a request or a command takes from its caller's budget. The unit is one command. */
import type { Limits } from 'dovetail-protocol'

/**
 * `nothing`: it is answered from memory, or its verb takes the price; `admission`: one command, which the address pays
 * also where the caller has a user; `batch`: by the size of the body, as it is read before its writes are counted.
 */
export type Price = 'nothing' | 'read' | 'search' | 'command' | 'batch' | 'admission'

/** A batch is paid for as one write for each so many bytes at least: more than the largest record has. */
const bytesOfAWrite = 65_536

/** What a batch takes before it is read; `bytes`: `null` where its size is not announced. */
export function commandsForBatch(bytes: number | null, { bodyBytes }: Pick<Limits, 'bodyBytes'>): number {
  return Math.max(1, Math.floor(Math.min(bytes ?? bodyBytes, bodyBytes) / bytesOfAWrite))
}

export function commandsFor(price: Exclude<Price, 'batch'>, limits: Pick<Limits, 'readCost' | 'searchCost'>): number {
  switch (price) {
    case 'nothing':
      return 0
    case 'read':
      return limits.readCost
    case 'search':
      return limits.searchCost
    default:
      return 1
  }
}
