/**
 * Reads the whole topic from its end on, without a consumer group: every node reads everything. After
 * any failure (a broker gone, a leader moved, the topic deleted) it starts again at the end, and reports
 * that messages may be missing.
 */
import { Admin, type BaseOptions, Consumer } from '@platformatic/kafka'
import { type Clock, pause } from '../../ports/clock.ts'
import { inTime } from '../shared/in-time.ts'
import type { KafkaAddress } from './kafka-address.ts'
import { connectionTo, letGo } from './kafka-client.ts'
import { MissingRights, requireReadAndWrite, rightsToSee } from './kafka-rights.ts'

export interface KafkaFollowerOptions {
  readonly address: KafkaAddress
  readonly clientId: string
  readonly clock: Clock
  readonly onValue: (value: Buffer) => void
  /** Called when it reads again, from the end of the topic: earlier messages are lost to this node. */
  readonly onUp: () => void
  readonly onDown: () => void
  /** Called with the reason why it stopped reading. */
  readonly report: (error: unknown) => void
}

/** How long a fetch waits at the broker for new messages. */
const waitMs = 1000
/** A request without an answer after this time has failed. */
const answerMs = 5000
const retryMs = { first: 100, last: 2000 }
/** How long to wait for a topic that was just made; each wait is twice the last one. */
const settleMs = { first: 50, last: 1600 }
/** How often a start is tried: a topic that was just made has no leader at first. */
const startTries = 4
/** The interval at which partitions and leaders are read again. */
const refreshMs = 15_000
const fetchBytes = 4 * 1024 * 1024
const partitions = 4
const retentionMs = 3_600_000
const latest = -1n

type Metadata = Awaited<ReturnType<Consumer['metadata']>>

/** The partitions that are read from one broker. */
interface Share {
  readonly leader: number
  readonly topicId: string
  readonly offsets: Map<number, bigint>
}

export class KafkaFollower {
  readonly #options: KafkaFollowerOptions
  #consumer: Consumer | null = null
  #isClosed = false

  /** Rejects where the topic can't be read at first. */
  static async open(options: KafkaFollowerOptions): Promise<KafkaFollower> {
    const follower = new KafkaFollower(options)
    void follower.#keepUp(await follower.#beginFirst())
    return follower
  }

  async #beginFirst(): Promise<Following> {
    for (let left = startTries - 1; ; left--) {
      try {
        return await this.#begin()
      } catch (error) {
        if (left === 0 || error instanceof MissingRights) throw error
        await pause(this.#options.clock, retryMs.first)
      }
    }
  }

  private constructor(options: KafkaFollowerOptions) {
    this.#options = options
  }

  async #keepUp(first: Following): Promise<void> {
    let following: Following | null = first
    while (following !== null) {
      this.#options.onUp()
      const error = await this.#follow(following)
      this.#options.onDown()
      if (!this.#isClosed) this.#options.report(error)
      following = await this.#beginAgain()
    }
  }

  async #beginAgain(): Promise<Following | null> {
    for (let ms = retryMs.first; !this.#isClosed; ms = Math.min(ms * 2, retryMs.last)) {
      await pause(this.#options.clock, ms)
      if (this.#isClosed) return null
      // The failure was reported when reading stopped.
      const following = await this.#begin().catch(() => null)
      if (following !== null) return following
    }
    return null
  }

  /** Makes a consumer that reads from the end of each partition. */
  async #begin(): Promise<Following> {
    const { address, clientId, clock } = this.#options
    const connection = { ...connectionTo(address, clientId), retries: 1, connectTimeout: answerMs }
    await prepareTopic(connection, address, clock)
    // The group is never joined: nothing is committed, and no node waits for another.
    const consumer = new Consumer({ ...connection, groupId: clientId, timeout: answerMs })
    try {
      const { topic } = address
      const metadata = await inTime(clock, answerMs, consumer.metadata({ topics: [topic], forceUpdate: true }))
      const ends = await inTime(clock, answerMs, consumer.listOffsets({ topics: [topic], timestamp: latest }))
      this.#consumer = consumer
      return { consumer, metadata, shares: sharesOf(metadata, topic, ends.get(topic) ?? []) }
    } catch (error) {
      await letGo(clock, consumer)
      throw error
    }
  }

  /** Resolves with the error that ended the reading. */
  async #follow({ consumer, metadata, shares }: Following): Promise<unknown> {
    let isOver = false
    const over = () => isOver || this.#isClosed
    const reading = shares.map((share) => this.#read(consumer, share, over))
    try {
      return await Promise.race([...reading, this.#watch(consumer, metadata, over)])
    } catch (error) {
      return error
    } finally {
      isOver = true
      for (const each of reading) each.catch(() => {})
      await letGo(this.#options.clock, consumer)
    }
  }

  async #read(consumer: Consumer, { leader, topicId, offsets }: Share, over: () => boolean): Promise<void> {
    while (!over()) {
      const asked = [...offsets].map(([partition, fetchOffset]) => ({
        partition,
        fetchOffset,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        partitionMaxBytes: fetchBytes,
      }))
      const wait = { minBytes: 1, maxBytes: fetchBytes, maxWaitTime: waitMs }
      const fetched = consumer.fetch({ node: leader, topics: [{ topicId, partitions: asked }], ...wait })
      const { responses } = await inTime(this.#options.clock, waitMs + answerMs, fetched)
      if (over()) return
      for (const response of responses) for (const partition of response.partitions) this.#take(partition, offsets)
    }
  }

  #take({ partitionIndex, records }: FetchedPartition, offsets: Map<number, bigint>): void {
    for (const batch of records ?? []) {
      const start = offsets.get(partitionIndex) ?? 0n
      for (const { offsetDelta, value } of batch.records) {
        // A batch may begin before the offset that was requested.
        if (batch.firstOffset + BigInt(offsetDelta) >= start && value !== null) this.#options.onValue(value)
      }
      offsets.set(partitionIndex, batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n)
    }
  }

  /** Resolves when the partitions or their leaders have changed. */
  async #watch(consumer: Consumer, known: Metadata, over: () => boolean): Promise<Error> {
    const { clock, address } = this.#options
    for (;;) {
      await pause(clock, refreshMs)
      if (over()) return new Error('closed')
      const options = { topics: [address.topic], forceUpdate: true }
      const now = await inTime(clock, answerMs, consumer.metadata(options))
      if (shapeOf(now, address.topic) !== shapeOf(known, address.topic))
        return new Error('the partitions of the topic, or their leaders, are others')
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await letGo(this.#options.clock, this.#consumer)
  }
}

interface Following {
  readonly consumer: Consumer
  readonly metadata: Metadata
  readonly shares: readonly Share[]
}

type FetchedPartition = Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number]

function sharesOf(metadata: Metadata, topic: string, ends: readonly bigint[]): readonly Share[] {
  const shares = new Map<number, Share>()
  const { id: topicId, partitions: parts } = topicOf(metadata, topic)
  for (const [partition, { leader }] of parts.entries()) {
    const share = shares.get(leader) ?? { leader, topicId, offsets: new Map() }
    share.offsets.set(partition, ends[partition] ?? 0n)
    shares.set(leader, share)
  }
  return [...shares.values()]
}

function topicOf(metadata: Metadata, topic: string) {
  const found = metadata.topics.get(topic)
  if (found === undefined) throw new Error(`there is no topic "${topic}"`)
  return found
}

function shapeOf(metadata: Metadata, topic: string): string {
  const { id, partitions: parts } = topicOf(metadata, topic)
  return `${id} ${parts.map(({ leader }) => leader).join()}`
}

/** Makes the topic where it does not exist, and rejects with MissingRights where the user may not use it. */
async function prepareTopic(connection: BaseOptions, address: KafkaAddress, clock: Clock): Promise<void> {
  const admin = new Admin(connection)
  try {
    await makeTopic(admin, address, clock)
    await inTime(clock, answerMs, requireReadAndWrite(admin, address))
  } finally {
    await admin.close().catch(() => {})
  }
}

/** Its messages are worth nothing after a moment. */
async function makeTopic(admin: Admin, address: KafkaAddress, clock: Clock): Promise<void> {
  const { topic } = address
  const isThere = async () => (await inTime(clock, answerMs, admin.listTopics())).includes(topic)
  if (await isThere()) return
  const configs = [
    { name: 'retention.ms', value: String(retentionMs) },
    // By the broker's clock: a broker refuses what is dated an hour ahead, and soon deletes what is dated long ago.
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
  ]
  let failure: unknown = new Error(`the topic "${topic}" was made and is not there`)
  const made = admin.createTopics({ topics: [topic], partitions, replicas: -1, configs })
  await inTime(clock, answerMs, made).catch((error: unknown) => {
    failure = error
  })
  // Another node may have made the topic at the same moment.
  if (await isThere()) return
  const missing = await rightsToSee(admin, address, failure)
  if (missing !== null) throw missing
  // It takes a moment until all brokers know the topic.
  for (let ms = settleMs.first; ms <= settleMs.last; ms *= 2) {
    await pause(clock, ms)
    if (await isThere()) return
  }
  throw failure
}
