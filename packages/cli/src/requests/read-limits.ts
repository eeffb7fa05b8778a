import type { Requests } from './requests.ts'

/** The bounds of one request with several records. */
export interface RequestBounds {
  readonly records: number
  /** Bytes of the records as JSON. */
  readonly bytes: number
}

/** Reads how much one request may hold. A batch is paid at once, so it must not cost more than a full budget. */
export async function readBounds(requests: Requests): Promise<RequestBounds> {
  const limits = (await requests.ask('GET', '/v1/limits')) as Readonly<Record<string, number>>
  const { batchWrites = 500, commandsBurst = 1000, bodyBytes = 1_048_576, replyBytes = 1_048_576 } = limits
  // A reply holds the records too, each with some 300 bytes around its data.
  return { records: Math.min(batchWrites, commandsBurst), bytes: Math.min(bodyBytes, replyBytes) / 2 }
}
