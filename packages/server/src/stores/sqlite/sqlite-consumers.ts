import type {
  ChannelCursor,
  ClaimRequest,
  Claims,
  ConsumerPosition,
  Consumers,
  Settlement,
  StoredConsumer,
} from '../../ports/consumers/consumers.ts'
import type { ConsumerReads } from './tables/consumer-table.ts'
import type { ReaderThread } from './threads/reader-thread.ts'
import type { WriterThread } from './threads/writer-thread.ts'

export interface ConsumerParts {
  readonly writer: Pick<WriterThread, 'call'>
  /** Reads what may be much. */
  readonly reader: Pick<ReaderThread, 'call'>
  readonly reads: ConsumerReads
  /** Is given each write under way. */
  readonly written: <Result>(write: Promise<Result>) => Promise<Result>
  /** Does a read, and says where the file can't be read. */
  readonly read: <Result>(read: () => Result) => Result
}

/** Named consumers. The file has one node, so that its leases go by that node's clock. */
export class SqliteConsumers implements Consumers {
  readonly #parts: ConsumerParts

  constructor(parts: ConsumerParts) {
    this.#parts = parts
  }

  async make(consumer: StoredConsumer, positions: readonly ChannelCursor[]) {
    return await this.#parts.written(this.#parts.writer.call('makeConsumer', consumer, positions))
  }

  async find(name: string): Promise<StoredConsumer | null> {
    return this.#parts.read(() => this.#parts.reads.find(name))
  }

  async list(): Promise<readonly StoredConsumer[]> {
    return this.#parts.read(() => this.#parts.reads.list())
  }

  async reset(name: string, version: string, positions: readonly ChannelCursor[]): Promise<boolean> {
    return await this.#parts.written(this.#parts.writer.call('resetConsumer', name, version, positions))
  }

  async drop(name: string): Promise<boolean> {
    return await this.#parts.written(this.#parts.writer.call('dropConsumer', name))
  }

  async positions(name: string): Promise<readonly ConsumerPosition[]> {
    const rows = await this.#parts.reader.call('consumerPositions', name)
    const now = Date.now()
    return rows.map(([channel, cursor, worker, held, until]) => {
      const freeInMs = Math.max(0, until - now)
      return { channel, cursor, worker: held === 1 && freeInMs > 0 ? worker : null, freeInMs }
    })
  }

  async claim(request: ClaimRequest): Promise<Claims | null> {
    return await this.#parts.written(this.#parts.writer.call('claim', request, Date.now()))
  }

  async settle(consumer: string, lease: string, settlements: readonly Settlement[]): Promise<boolean> {
    return await this.#parts.written(this.#parts.writer.call('settle', consumer, lease, settlements, Date.now()))
  }

  async renew(consumer: string, lease: string, leaseMs: number): Promise<number> {
    return await this.#parts.written(this.#parts.writer.call('renewLease', consumer, lease, Date.now() + leaseMs))
  }
}
