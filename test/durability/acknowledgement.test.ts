import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WriteOk } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { at } from '../support/paths.ts'
import { type Spawned, spawnServer } from '../support/servers/spawn-server.ts'
import { sentBeforeFlush, straceFlags } from './flush-trace.ts'

const channel = 'chat:flushed'

/** A server under strace from its first moment on, and what strace wrote once it has ended. */
async function traced(entry?: string): Promise<{ server: Spawned; trace(): Promise<string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-strace-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'trace')
  const under = ['strace', ...straceFlags, '-o', file]
  const server = await spawnServer(entry === undefined ? { under } : { under, entry })
  return {
    server,
    trace: async () => {
      await server.kill('SIGKILL')
      return readFile(file, 'utf8')
    },
  }
}

/** Writes one after another, over both transports, and some at once. Returns their texts, which are unique. */
async function writeAll({ server }: Spawned, oneByOne: number, atOnce: number): Promise<string[]> {
  const texts: string[] = []
  const next = (): { text: string } => {
    const text = `the message numbered ${1000 + texts.length}`
    texts.push(text)
    return { text }
  }
  const rest = await server.rest('alice')
  const socket = await server.connect('alice')
  const create = (): Promise<WriteOk> => socket.ok('create', { channel, collection: 'messages', data: next() })
  for (let i = 0; i < oneByOne; i++) {
    if (i % 2 === 0) expect((await rest.post(at(channel), next())).status).toBe(201)
    else await create()
  }
  await Promise.all(Array.from({ length: atOnce }, (_, i) => (i % 2 === 0 ? rest.post(at(channel), next()) : create())))
  return texts
}

describe('an acknowledgement leaves after its flush', () => {
  test('[PRM6] for 100 writes one after another and 40 at once, over HTTP and WebSocket', {
    timeout: 120_000,
  }, async () => {
    const { server, trace } = await traced()
    const texts = await writeAll(server, 100, 40)
    expect(texts).toHaveLength(140)
    expect(sentBeforeFlush(await trace(), texts)).toEqual([])
  })

  test('a store that does not flush is detected', { timeout: 120_000 }, async () => {
    const { server, trace } = await traced('test/durability/unflushed-server.ts')
    const texts = await writeAll(server, 20, 10)
    const complaints = sentBeforeFlush(await trace(), texts)
    expect(complaints).toHaveLength(texts.length)
    for (const each of complaints) expect(each).toMatch(/and never flushed$/)
  })
})
