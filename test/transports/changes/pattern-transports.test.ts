/** What following a pattern promises, over each transport alike. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { at } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'
import {
  type Part,
  type PatternReaderOptions,
  type PatternTransport,
  partsOf,
  patternTransports,
  revsIn,
} from '../../support/transports/pattern-readers.ts'

const word = (part: Part): string => {
  if ('ended' in part) return `${part.channel} ${part.ended}`
  return `${part.channel}${part.reset === undefined ? '' : ` ${part.reset}`} ${part.from}-${part.to}`
}

async function begin(server: Server, transport: PatternTransport, options: PatternReaderOptions) {
  const reader = await transport.start(server, options)
  onTestFinished(() => reader.close())
  /** Waits until a part has come for each of these words, and gives all words so far. */
  const heard = async (...words: readonly string[]) => {
    const fits = (parts: readonly Part[]) => words.every((each) => parts.some((part) => word(part) === each))
    return partsOf(await reader.until(words.join(', '), fits)).map(word)
  }
  return { heard, pages: reader.pages }
}

const cases = stores.flatMap((store) => patternTransports.map((transport) => ({ store, transport })))

describe.each(stores)('following a pattern, %s store', (store) => {
  const server = serving({ store, limits: { commands: 100_000, commandsBurst: 100_000 } })
  const own = cases.filter((each) => each.store === store).map(({ transport }) => [transport.name, transport] as const)
  const names = (what: string, transport: PatternTransport) => `${what}-${transport.name.slice(0, 3).toLowerCase()}`

  test.each(own)(
    '[FOL1, FOL4, FOL14] by %s, what is there comes, then what changes and what is made',
    async (_name, transport) => {
      const writer = await server.rest('ana')
      const name = names('one', transport)
      await writer.post(at(`chat:${name}-a`), { text: '1' })
      await writer.post(at(`chat:other-${name}`), { text: '1' })
      const all = await begin(server, transport, { pattern: `chat:${name}-*`, after: '0' })
      const fromNow = await begin(server, transport, { pattern: `chat:${name}-*` })
      expect(partsOf(fromNow.pages())).toEqual([])
      await writer.post(at(`chat:${name}-a`), { text: '2' })
      await writer.post(at(`chat:${name}-b`), { text: '1' })
      const later = [`chat:${name}-a 1-2`, `chat:${name}-b 0-1`]
      expect((await all.heard(...later)).sort()).toEqual([`chat:${name}-a 0-1`, ...later])
      expect((await fromNow.heard(...later)).sort()).toEqual(later)
    },
  )

  test.each(own)(
    '[FOL4, FOL5] by %s, any cursor is gone on from without a gap or a repeat',
    async (_name, transport) => {
      const writer = await server.rest('ana')
      const name = names('two', transport)
      const channels = ['a', 'b', 'c'].map((letter) => `chat:${name}-${letter}`)
      const reader = await transport.start(server, { pattern: `chat:${name}-*` })
      onTestFinished(() => reader.close())
      for (let turn = 0; turn < 8; turn++)
        for (const channel of channels) await writer.post(at(channel), { text: `${turn}` })
      const whole = (parts: readonly Part[]) => channels.every((channel) => revsIn(parts, channel).length >= 8)
      const pages = await reader.until('all changes', whole)
      for (const channel of channels) expect(revsIn(partsOf(pages), channel)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      const { cursor } = pages[Math.floor(pages.length / 2)] ?? { cursor: '' }
      const before = partsOf(pages.slice(0, Math.floor(pages.length / 2) + 1))
      const again = await transport.start(server, { pattern: `chat:${name}-*`, after: cursor })
      onTestFinished(() => again.close())
      const rest = await again.until('the rest', (parts) => whole([...before, ...parts]))
      for (const channel of channels)
        expect([...revsIn(before, channel), ...revsIn(partsOf(rest), channel)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    },
  )

  test.each(own)(
    '[FOL6, FOL7] by %s, a channel ends, and one that was made anew begins again',
    async (_name, transport) => {
      const [writer, boss] = [await server.rest('ana'), await server.rest('boss', { role: 'admin' })]
      const channel = `chat:${names('three', transport)}`
      await writer.post(at(channel), { text: '1' })
      await writer.post(at(channel), { text: '2' })
      const reader = await begin(server, transport, { pattern: channel, after: '0' })
      await reader.heard(`${channel} 0-2`)
      await boss.delete(`/v1/channels/${channel}`)
      await reader.heard(`${channel} deleted`)
      await writer.post(at(channel), { text: 'anew' })
      expect(await reader.heard(`${channel} 0-1`)).toEqual([`${channel} 0-2`, `${channel} deleted`, `${channel} 0-1`])
    },
  )

  test.each(own)('[FOL2, FOL3, FOL4] by %s, what can not be followed is refused', async (_name, transport) => {
    const codeOf = (options: PatternReaderOptions) =>
      transport.start(server, options).then(
        (reader) => {
          reader.close()
          return 'ok'
        },
        (error: Error) => error.message,
      )
    expect(await codeOf({ pattern: 'chat:*a' })).toBe('invalid_name')
    expect(await codeOf({ pattern: 'nowhere:*' })).toBe('not_found')
    expect(await codeOf({ pattern: 'me:*' })).toBe('not_found')
    expect(await codeOf({ pattern: 'chat:*', after: 'x' })).toBe('invalid_cursor')
    expect(await codeOf({ pattern: 'chat:*', user: 'ana', token: { role: 'user' } })).toBe('forbidden')
    expect(await codeOf({ pattern: 'chat:*', user: 'boss', token: { role: 'admin' } })).toBe('ok')
  })

  test.each(own)(
    '[FOL3, FOL7] by %s, only what may be read is given, from when it may be',
    async (_name, transport) => {
      const writer = await server.rest('ana')
      const name = names('four', transport)
      for (const letter of ['a', 'b']) await writer.put(`/v1/channels/team:${name}-${letter}`, {})
      const token = { role: 'service', grants: [{ channel: `team:${name}-a`, can: [] }] } as const
      const reader = await begin(server, transport, { pattern: `team:${name}-*`, after: '0', token })
      const asMember = at(`team:${name}-b`, 'members', 'worker')
      expect((await writer.put(asMember, { user: 'worker', role: 'banned' })).status).toBe(201)
      await reader.heard(`team:${name}-b forbidden`)
      expect((await writer.delete(asMember)).status).toBe(204)
      const b = `team:${name}-b`
      expect(await reader.heard(`${b} 0-3`)).toEqual([`${b} 0-1`, `${b} forbidden`, `${b} 0-3`])
    },
  )

  test.each(own)(
    '[FOL8] by %s, pages are bounded, and a busy channel does not keep the others waiting',
    async (_name, transport) => {
      const writer = await server.rest('ana')
      const name = names('five', transport)
      for (const text of ['1', '2', '3', '4', '5']) await writer.post(at(`chat:${name}-a`), { text })
      for (const letter of ['b', 'c']) await writer.post(at(`chat:${name}-${letter}`), { text: '1' })
      const reader = await begin(server, transport, { pattern: `chat:${name}-*`, after: '0', limit: 2 })
      const [a, b, c] = ['a', 'b', 'c'].map((letter) => `chat:${name}-${letter}`)
      expect(await reader.heard(`${a} 4-5`)).toEqual([`${a} 0-2`, `${b} 0-1`, `${c} 0-1`, `${a} 2-4`, `${a} 4-5`])
    },
  )
})
