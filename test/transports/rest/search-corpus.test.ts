import { array, assert, asyncProperty, constantFrom, oneof, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { found, idsOver, say, scripts } from './search-requests.ts'

describe('search in two stores', () => {
  const servers = stores.map((store) => serving({ store }))
  const corpus = [
    ...scripts.map(([text]) => text),
    'Crème brûlée',
    'don’t stop, can’t stop',
    'e-mail: jane@example.org',
    'v1.2.3_beta 3,14',
    '日本語とEnglishの混在',
    'e\u0301tude étude',
    '👩‍👩‍👧 family 👍🏽',
    'ﬁne ﬀ ①②',
    'ß STRASSE straße',
    'x'.repeat(200),
    'a "quoted" (thing) * ^ : --',
    'İstanbul ISTANBUL ıstanbul',
  ]
  const queries = [
    ...corpus,
    ...corpus.map((text) => text.slice(0, 3)),
    ...[
      'stop don',
      'jane example',
      'v1 2',
      '3 14',
      'english',
      '混在',
      'etude',
      'fine',
      'ss',
      'strasse',
      'i',
      'x',
      'f',
      '日',
    ],
  ]

  test('[SEA11] the same corpus gives the same hits', async () => {
    const answers = await Promise.all(
      servers.map(async (server) => {
        const alice = await server.rest('alice')
        await say(alice, 'chat:corpus', Object.fromEntries(corpus.map((text, index) => [`m${index}`, text])))
        const hits: string[][] = []
        for (const q of queries) hits.push(await found(alice, 'chat:corpus', q))
        return hits
      }),
    )
    expect(answers[1]).toEqual(answers[0])
    expect(answers[0]?.slice(0, corpus.length).map((ids, index) => ids.includes(`m${index}`))).toEqual(
      corpus.map(() => true),
    )
  })
})

describe('search among very many channels', () => {
  const server = serving()

  test('[SEA6] one’s own channels are searched, however many others there are', { timeout: 60_000 }, async () => {
    const backend = await server.rest('backend', { role: 'service' })
    for (let batch = 0; batch < 11; batch++) {
      const writes = Array.from({ length: 500 }, (_, index) => {
        const channel = `chat:n${batch * 500 + index}`
        return { op: 'create', channel, collection: 'messages', data: { text: 'common word' } }
      })
      expect((await backend.post('/v1/batch', { writes })).status).toBe(200)
    }
    const olga = await server.rest('olga')
    await olga.put('/v1/channels/team:last', {})
    await say(olga, 'team:last', { mine: 'rare word' })
    await say(olga, 'chat:a-first', { open: 'rare word' })
    expect(await idsOver(olga, { q: 'rare word' })).toEqual(['open', 'mine'])
    expect(await idsOver(await server.rest(), { q: 'rare word' })).toEqual(['open'])
    expect(await idsOver(olga, { q: 'common', limit: '500' })).toHaveLength(500)
  })
})

describe('any text at all', () => {
  const servers = stores.map((store) => serving({ store }))
  const words = constantFrom(
    'a',
    'ab',
    'b',
    'É',
    '日本',
    '日',
    '"',
    "'",
    '*',
    '(',
    ')',
    ':',
    '-',
    'OR',
    'NEAR',
    '%',
    '\\',
    ' ',
  )
  const texts = array(oneof(words, string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 8 })

  test('[SEA4, SEA11] is a query, and gives the same hits from every store', { timeout: 60_000 }, async () => {
    const clients = await Promise.all(servers.map((server) => server.rest('alice')))
    let id = 0
    const property = asyncProperty(texts, texts, async (said, asked) => {
      id += 1
      const text = said.join(' ').replaceAll('\0', '')
      const answers = await Promise.all(
        clients.map(async (rest) => {
          if (text !== '') await rest.put(at('chat:any', 'messages', `m${id}`), { text })
          return found(rest, 'chat:any', asked.join(asked.length % 2 === 0 ? ' ' : ''))
        }),
      )
      expect(answers[1]).toEqual(answers[0])
    })
    await assert(property, { numRuns: 150, seed: 20_261_125 })
  })
})
