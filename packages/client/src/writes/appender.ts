/**
 * Appends text to records, one request at a time for each record: what is added meanwhile goes together in the next one,
 * under a key of its own. So the pieces keep their order, and a retry appends none of them twice.
 */
import type { Appends } from 'dovetail-protocol'
import { newKey } from '../base/key.ts'
import type { Network } from '../base/network.ts'
import type { Connection } from '../connection/connection.ts'
import { Writer } from './writer.ts'

/** The most operations of one append (docs/protocol.md, APP1). */
const maxOperations = 100

export interface AppendTarget {
  readonly channel: string
  readonly collection: string
  readonly recordId: string
}

/** What a write is sent by. */
export interface Sending {
  readonly network: Network
  readonly connection: Connection
}

interface Waiting {
  readonly path: string
  readonly value: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** What waits by record, of each client. */
const lines = new WeakMap<Connection, Map<string, Waiting[]>>()

/** Resolves when the server has acknowledged it. After a piece that is given up, those that waited behind it are too. */
export function append(sending: Sending, target: AppendTarget, path: string, value: string): Promise<void> {
  const ofClient = lines.get(sending.connection) ?? new Map<string, Waiting[]>()
  lines.set(sending.connection, ofClient)
  const name = JSON.stringify(target)
  return new Promise((resolve, reject) => {
    const waiting = { path, value, resolve, reject }
    const line = ofClient.get(name)
    if (line !== undefined) {
      line.push(waiting)
      return
    }
    const begun = [waiting]
    ofClient.set(name, begun)
    void run(sending, target, begun, () => ofClient.delete(name))
  })
}

async function run(sending: Sending, target: AppendTarget, line: Waiting[], over: () => void): Promise<void> {
  const writer = new Writer(sending.network, sending.connection)
  while (line.length > 0) {
    const { data, taken } = takeTogether(line)
    try {
      await writer.patiently({ op: 'append', ...target, data, key: newKey() })
      for (const { resolve } of taken) resolve()
    } catch (error) {
      for (const { reject } of [...taken, ...line.splice(0)]) reject(error)
    }
  }
  over()
}

/** Takes what waits, one operation for each run of one path. */
function takeTogether(line: Waiting[]): { data: Appends; taken: readonly Waiting[] } {
  const data: Appends = []
  const taken: Waiting[] = []
  for (let next = line[0]; next !== undefined; next = line[0]) {
    const last = data.at(-1)
    if (last?.path === next.path) last.value += next.value
    else if (data.length < maxOperations) data.push({ op: 'append', path: next.path, value: next.value })
    else break
    taken.push(next)
    line.shift()
  }
  return { data, taken }
}
