import type { Page, SearchReply } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { found, idsOver, query, say, scripts } from './search-requests.ts'

describe.each(stores)('search, %s store', (store) => {
  const server = serving({ store })

  test('[SEA1, SEA5] all words must match, the last one as a beginning; the newest first', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await say(alice, channel, { a: 'the quick brown fox', b: 'quick quicker quickest', c: 'brown bread' })
    expect(await found(alice, channel, 'quick')).toEqual(['b', 'a'])
    expect(await found(alice, channel, 'br')).toEqual(['c', 'a'])
    expect(await found(alice, channel, 'fox qui')).toEqual(['a'])
    expect(await found(alice, channel, 'qui fox')).toEqual([])
    expect(await found(alice, channel, 'rown')).toEqual([])
    const page = (await alice.get<Page>(`${at(channel)}?q=brown&limit=1`)).body
    expect(page).toMatchObject({ cursor: null, before: null, after: null })
    expect(page.records.map(({ id }) => id)).toEqual(['c'])
    expect(page.records[0]).toMatchObject({ rev: 3, author: 'alice', data: { text: 'brown bread' } })
  })

  test('[SEA1] a search with before, after=position or around is refused', async () => {
    const alice = await server.rest('alice')
    for (const parameter of ['before=1', 'after=1', 'around=1']) {
      const refused = await alice.get(`${at(freshChannel())}?q=a&${parameter}`)
      expect([parameter, refused.status, refused.code]).toEqual([parameter, 400, 'invalid_query'])
    }
  })

  test('[SEA1] only the search fields of the collection count', async () => {
    const [alice, backend] = [await server.rest('alice'), await server.rest('backend', { role: 'service' })]
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'm'), { text: 'plain', note: 'hidden' })
    await alice.post(at(channel, 'reactions'), { message: 'plain', emoji: 'plain' })
    expect(await found(alice, channel, 'hidden')).toEqual([])
    expect(await idsOver(alice, { q: 'plain', channel })).toEqual(['m'])
    expect((await alice.get<Page>(`${at(channel, 'reactions')}?q=plain`)).body.records).toEqual([])
    const docs = freshChannel('docs')
    await backend.put(at(docs, 'articles', 'd'), { title: 'Joinery', text: 'The dovetail is a joint.' })
    expect(await idsOver(alice, { q: 'joinery', channel: docs })).toEqual(['d'])
    expect(await idsOver(alice, { q: 'dovetail joinery', collection: 'articles' })).toEqual(['d'])
    expect(await idsOver(alice, { q: 'joinery', collection: 'messages' })).toEqual([])
  })

  test('[SEA2] case and accents do not count', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await say(alice, channel, { a: 'Crème brûlée in ZÜRICH', b: 'Ṩömé ΟΔΟΣ', c: 'naïve façade' })
    for (const q of ['creme', 'CRÈME BRÛ', 'cre\u0300me', 'zurich', 'Zürich']) {
      expect(await found(alice, channel, q)).toEqual(['a'])
    }
    for (const q of ['some', 'οδος', 'ΟΔΟΣ', 'οδοσ']) expect(await found(alice, channel, q)).toEqual(['b'])
    expect(await found(alice, channel, 'naive facade')).toEqual(['c'])
  })

  test('[SEA2, N29] letters with a stroke, ß and the four letters i are found as they are typed', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const texts = { a: 'Łódź', b: 'Ørsted', c: 'straße', d: 'ISPARTA' }
    await say(alice, channel, texts)
    for (const [id, ...queries] of [
      ['a', 'lodz', 'łódź', 'LODZ'],
      ['b', 'orsted', 'ØRSTED'],
      ['c', 'strasse', 'STRASSE', 'STRAẞE'],
      ['d', 'ısparta', 'İSPARTA', 'isparta'],
    ]) {
      for (const q of queries) expect([q, await found(alice, channel, q)]).toEqual([q, [id]])
    }
  })

  test('[SEA2, N08] marks that make another letter are no accents', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const texts = ['ハハ', 'パパ', 'かき', 'かぎ', 'काम', 'कम', 'की', 'มา', 'ม้า']
    await say(alice, channel, Object.fromEntries(texts.map((text, index) => [`m${index}`, text])))
    for (const [index, q] of texts.entries()) {
      expect([q, await found(alice, channel, q)]).toEqual([q, [`m${index}`]])
    }
  })

  test('[SEA13, N30] what stands in a Chinese or Japanese text is found, in its order', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await say(alice, channel, {
      a: '这是一段简单的测试文本',
      b: '東京都庁',
      c: '北京大学',
      d: '庁都京都庁京',
      e: '都京',
    })
    for (const [id, ...queries] of [
      ['a', '一段', '简单', '段简', '是一段', '本'],
      ['b', '東京', '東京都庁'],
      ['c', '大学', '北'],
      ['d', '京都庁京'],
    ]) {
      for (const q of queries) expect([q, await found(alice, channel, q)]).toEqual([q, [id]])
    }
    // `d` holds both pairs of 都京 and 京都庁, and e only the first.
    expect(await found(alice, channel, '都京')).toEqual(['e', 'd'])
    expect(await found(alice, channel, '都庁')).toEqual(['d', 'b'])
    expect(await found(alice, channel, '京都京')).toEqual([])
    const { hits } = (await alice.get<SearchReply>(`/v1/search?${query({ q: '段简', channel })}`)).body
    expect(hits.map(({ snippet }) => snippet.marks.map(([from, to]) => snippet.text.slice(from, to)))).toEqual([
      ['段简'],
    ])
  })

  test('[SEA7, SEA13] a page of hits is whole where records hold the pairs of a phrase, but not the phrase', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const lines = Array.from({ length: 30 }, (_, n) => [`m${n}`, n % 3 === 0 ? `京都京 ${n}` : `都京都 ${n}`])
    await say(alice, channel, Object.fromEntries(lines))
    const walked: string[][] = []
    for (let after: string | null = ''; after !== null; ) {
      const from: Record<string, string> = after === '' ? {} : { after }
      const part = await alice.get<SearchReply>(`/v1/search?${query({ q: '京都京', channel, limit: '4', ...from })}`)
      walked.push(part.body.hits.map(({ record }) => record.id))
      after = part.body.after
    }
    expect(walked.flat()).toEqual(Array.from({ length: 10 }, (_, n) => `m${27 - 3 * n}`))
    expect(walked.slice(0, 2).map((ids) => ids.length)).toEqual([4, 4])
  })

  test.each(scripts)('[SEA3] %s is found by %s, and by its other words', async (text, q, others) => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await say(alice, channel, { it: text, other: 'something else' })
    for (const each of [q, ...others]) expect(await found(alice, channel, each)).toEqual(['it'])
  })

  test('[SEA4] any text is a query: what looks like syntax is words, or nothing', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await say(alice, channel, { a: 'near the col x', b: 'and or not' })
    const queries: readonly (readonly [string, string[]])[] = [
      ['"near', ['a']],
      ['near*', ['a']],
      ['^near', ['a']],
      ['NEAR(the, 5)', []],
      ['NEAR( the', ['a']],
      ['col:x', ['a']],
      ['words:near', []],
      ["near'; drop table records; --", []],
      ['near --', ['a']],
      ['AND', ['b']],
      ['or NOT', ['b']],
      ['near OR and', []],
      ['-near', ['a']],
      ['{near}', ['a']],
      ['near\u0000', ['a']],
      ['\ud83d\ude00', []],
      ['%', []],
      ['\\', []],
      ['" * ^ ( ) :', []],
      ['   ', []],
      ['', []],
      [`near ${'x'.repeat(3000)}`, []],
    ]
    for (const [q, ids] of queries) expect([q, await found(alice, channel, q)]).toEqual([q, ids])
    expect(await idsOver(alice, {})).toEqual([])
  })

  test('[SEA6, SEA7] a hit has its channel, collection, record and snippet; after gives the next page', async () => {
    const alice = await server.rest('alice')
    const [one, two] = [freshChannel(), freshChannel()]
    const word = `walk${one.replace(/\W/g, '')}`
    for (let n = 0; n < 7; n++) await say(alice, n % 2 === 0 ? one : two, { [`m${n}`]: `${word} ${n}` })
    const walked: string[] = []
    let after: string | null = ''
    while (after !== null) {
      const fields = { q: word, limit: '3', ...(after === '' ? {} : { after }) }
      const part: SearchReply = (await alice.get<SearchReply>(`/v1/search?${query(fields)}`)).body
      if (walked.length === 0) await say(alice, one, { late: word })
      walked.push(...part.hits.map(({ record }) => record.id))
      expect(part.hits.length).toBeLessThanOrEqual(3)
      after = part.after
    }
    expect(walked).toEqual(['m6', 'm5', 'm4', 'm3', 'm2', 'm1', 'm0'])
    const [hit] = (await alice.get<SearchReply>(`/v1/search?q=${word}&channel=${two}`)).body.hits
    expect(hit).toMatchObject({ channel: two, collection: 'messages', record: { id: 'm5', pos: 3, rev: 3 } })
    expect(await idsOver(alice, { q: word, after: 'never given' })).toEqual([])
  })

  test('[LIM9, SEA5] no reply is over 1 MiB, and after continues where it was cut', { timeout: 60_000 }, async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const text = `bulky ${'\u65e5\u672c '.repeat(1_000)}`
    for (let n = 0; n < 20; n++)
      await alice.put(at(channel, 'messages', `m${n}`), { text, ballast: 'x'.repeat(50_000) })
    const walked: string[] = []
    for (let after: string | null = ''; after !== null; ) {
      const from: Record<string, string> = after === '' ? {} : { after }
      const part = await alice.get<SearchReply>(`/v1/search?${query({ q: 'bulky', channel, ...from })}`)
      expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(1_048_576)
      walked.push(...part.body.hits.map(({ record }) => record.id))
      after = part.body.after
    }
    expect(walked).toEqual(Array.from({ length: 20 }, (_, n) => `m${19 - n}`))
    const page = await alice.get(`${at(channel)}?${query({ q: 'bulky' })}`)
    expect(Buffer.byteLength(page.text)).toBeLessThanOrEqual(1_048_576)
  })

  test('[SEA8] the snippet is a piece of the text, with the matches marked', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const text = `${'😀 lead '.repeat(60)}the Crème is here, crêpes too ${'tail 😀 '.repeat(60)}`
    await say(alice, channel, { long: text, short: 'crème' })
    const { hits } = (await alice.get<SearchReply>(`/v1/search?${query({ q: 'creme', channel })}`)).body
    const marked = hits.map(({ snippet }) => snippet.marks.map(([from, to]) => snippet.text.slice(from, to)))
    expect(marked).toEqual([['crème'], ['Crème']])
    const [, { snippet } = { snippet: { text: '', marks: [] } }] = hits
    expect(text).toContain(snippet.text)
    expect(snippet.text.length).toBeLessThanOrEqual(160)
    expect(snippet.text.isWellFormed()).toBe(true)
  })

  test('[SEA9] a record is found from its acknowledgement on, by its words as they are, until it is deleted', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (let n = 0; n < 10; n++) {
      await alice.put(at(channel, 'messages', 'm'), { text: `state${n}` })
      expect(await found(alice, channel, `state${n}`)).toEqual(['m'])
      expect(await found(alice, channel, `state${n === 0 ? 9 : n - 1}`)).toEqual([])
    }
    await alice.delete(at(channel, 'messages', 'm'))
    expect(await found(alice, channel, 'state')).toEqual([])
    await say(alice, channel, { m: 'state again' })
    expect(await found(alice, channel, 'state')).toEqual(['m'])
  })

  test.each(['limit=0', 'limit=501', 'limit=-1', 'limit=x', 'q=a&q=b'])(
    '[SEA5, LIM18] %s is invalid_query over both transports',
    async (fault) => {
      const alice = await server.rest('alice')
      expect((await alice.get(`/v1/search?q=word&${fault}`)).code).toBe('invalid_query')
      expect((await alice.get(`${at(freshChannel())}?q=word&${fault}`)).code).toBe('invalid_query')
    },
  )

  test('[SEA10] what the caller may not read is never found', async () => {
    const [olga, eve] = [await server.rest('olga'), await server.rest('eve')]
    const channel = freshChannel('team')
    await olga.put(`/v1/channels/${channel}`, {})
    await say(olga, channel, { m: 'confidential plan' })
    expect(await idsOver(olga, { q: 'confidential' })).toEqual(['m'])
    const outsiders = [eve, await server.rest(), await server.rest('gus', { role: 'guest' })]
    for (const outsider of outsiders) {
      expect(await idsOver(outsider, { q: 'confidential' })).toEqual([])
      const asked = await outsider.get(`/v1/search?q=confidential&channel=${channel}`)
      const absent = await outsider.get(`/v1/search?q=confidential&channel=${channel}x`)
      expect([asked.code, absent.code]).toEqual(['not_found', 'not_found'])
      expect((await outsider.get(`${at(channel)}?q=confidential`)).code).toBe('not_found')
    }
    await olga.post(at(channel, 'members'), { user: 'eve', role: 'member' })
    expect(await idsOver(eve, { q: 'confidential' })).toEqual(['m'])
    await olga.delete(at(channel, 'members', 'eve'))
    expect(await idsOver(eve, { q: 'confidential' })).toEqual([])
    await olga.delete(`/v1/channels/${channel}`)
    expect(await idsOver(olga, { q: 'confidential' })).toEqual([])
  })

  test('[SEA6, ERR5] invalid and undeclared names are refused', async () => {
    const alice = await server.rest('alice')
    expect((await alice.get('/v1/search?q=a&channel=%20')).code).toBe('invalid_name')
    expect((await alice.get('/v1/search?q=a&collection=A')).code).toBe('invalid_name')
    expect((await alice.get('/v1/search?q=a&channel=nowhere:a')).code).toBe('not_found')
    expect((await alice.get('/v1/search?q=a&channel=chat:a&collection=nothing')).code).toBe('not_found')
    expect((await (await server.rest('alice', { ttl: -60 })).get('/v1/search?q=a')).code).toBe('token_expired')
  })
})
