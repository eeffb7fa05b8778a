/** The log for the application's own code, in the server's process. */
import { createServer } from 'node:http'
import { Failure, type Followed } from 'dovetail-server'
import { expect, expectTypeOf, test } from 'vitest'
import { createRest } from '../support/clients/rest.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { embedded, listening } from './embedded.ts'

async function take(following: AsyncGenerator<Followed, void>, count: number) {
  const taken: { cursor: string; texts: unknown[] }[] = []
  let changes = 0
  for await (const each of following) {
    if (each.type === 'reset') throw new Error('a reset')
    changes += each.changes.length
    taken.push({
      cursor: each.cursor,
      texts: each.changes.map(({ record }) => (record.deleted ? null : (record.data as { state: string }).state)),
    })
    if (changes >= count) break
  }
  return taken
}

test('writes, reads and finds, checked by the schema, and tells a refusal by its code', async () => {
  const events = (await embedded()).channel('orders:7').collection('events')
  const made = await events.create({ state: 'paid' }, { author: 'ana', key: 'k1' })
  expect(made).toMatchObject({ author: 'ana', rev: 1, data: { state: 'paid' } })
  expect(await events.create({ state: 'paid' }, { author: 'ana', key: 'k1' })).toEqual(made)
  expectTypeOf(made.data.state).toEqualTypeOf<string>()
  const changed = await events.update(made.id, { state: 'sent' }, { ifRev: 1 })
  expect(await events.get(made.id)).toEqual(changed)
  expect((await events.list({ limit: 1_000_000 })).records).toEqual([changed])
  expect((await events.search('sen')).records).toEqual([changed])
  await expect(events.update(made.id, { state: 'lost' }, { ifRev: 1 })).rejects.toMatchObject({ code: 'rev_mismatch' })
  await expect(events.replace(made.id, { state: 'anew' }, { ifRev: 0 })).rejects.toMatchObject({ code: 'exists' })
  // @ts-expect-error the schema has no such state
  const wrong = events.create({ state: 5 })
  await expect(wrong).rejects.toBeInstanceOf(Failure)
  await expect(wrong).rejects.toMatchObject({ code: 'invalid_data' })
  expect(await events.delete(made.id)).toMatchObject({ id: made.id, deleted: true })
  await expect(events.get(made.id)).rejects.toMatchObject({ code: 'gone' })
})

test('[RST26] a batch is committed as a whole, in its order, or not at all', async () => {
  const events = (await embedded()).channel('orders:7').collection('events')
  const records = await events.batch([
    { op: 'create', data: { state: 'paid' }, author: 'ana', key: 'k1' },
    { op: 'replace', id: 'o7', data: { state: 'packed' } },
    { op: 'update', id: 'o7', patch: { state: 'sent' } },
    { op: 'append', id: 'o7', path: '/state', text: ' off' },
  ])
  expect(records.map(({ rev }) => rev)).toEqual([1, 2, 3, 4])
  expect(records[0]).toMatchObject({ author: 'ana', data: { state: 'paid' } })
  expect(await events.get('o7')).toMatchObject({ data: { state: 'sent off' } })
  const refused = events.batch([
    { op: 'delete', id: 'o7' },
    // @ts-expect-error the schema has no such state
    { op: 'create', data: { state: 5 } },
  ])
  await expect(refused).rejects.toMatchObject({ code: 'invalid_data', index: 1 })
  expect(await events.get('o7')).toMatchObject({ rev: 4 })
  expect(await events.batch([{ op: 'delete', id: 'o7' }])).toMatchObject([{ id: 'o7', deleted: true }])
  expect(await events.batch([])).toEqual([])
  const tooMany = Array.from({ length: 501 }, () => ({ op: 'create', data: { state: 'paid' } }) as const)
  await expect(events.batch(tooMany)).rejects.toMatchObject({ code: 'too_large' })
})

test('namespaces and collections that the configuration lacks do not compile, and are refused', async () => {
  const dovetail = await embedded()
  // @ts-expect-error no such namespace
  await expect(dovetail.channel('order:7').collection('events').list()).rejects.toMatchObject({ code: 'not_found' })
  // @ts-expect-error no such collection
  await expect(dovetail.channel('orders:7').collection('event').list()).rejects.toMatchObject({ code: 'not_found' })
})

test('no rule keeps the application from a private channel', async () => {
  const desk = (await embedded()).channel('desk:1')
  expect(await desk.create({ title: 'Desk 1' })).toMatchObject({
    name: 'desk:1',
    visibility: 'private',
    title: 'Desk 1',
  })
  const notes = desk.collection('notes')
  await notes.create({ text: 'ours' })
  expect((await notes.list()).records).toHaveLength(1)
  await desk.remove()
  expect((await notes.list()).records).toEqual([])
})

test('[APP5] appends that are not waited for take effect in the order of the calls', async () => {
  const events = (await embedded()).channel('orders:7').collection('events')
  const { id } = await events.create({ state: '' })
  const pieces = Array.from({ length: 100 }, (_, n) => ` ${n}`)
  const answers = await Promise.all(pieces.map((piece) => events.append(id, '/state', piece)))
  expect(answers.map(({ rev }) => rev)).toEqual(pieces.map((_, n) => n + 2))
  expect((await events.get(id)).data).toEqual({ state: pieces.join('') })
  expect((await events.search('98 99')).records.map(({ rev }) => rev)).toEqual([101])
  await expect(events.append(id, '/other', '!')).rejects.toMatchObject({ code: 'invalid_data' })
})

test('what is written inside is what everybody else reads', async () => {
  const dovetail = await embedded()
  const server = createServer()
  dovetail.attach(server)
  const port = Number(new URL(await listening(server)).port)
  const made = await dovetail.channel('orders:7').collection('events').create({ state: 'paid' })
  const rest = createRest({ port, token: await tokenFor('ana') })
  const page = await rest.get('/live/v1/channels/orders:7/events')
  expect((page.body as { records: unknown[] }).records).toEqual([made])
})

test('follows from a cursor without a gap or a repeat, however slow the reader is', async () => {
  const channel = (await embedded()).channel('orders:7')
  const events = channel.collection('events')
  for (let index = 0; index < 5; index += 1) await events.create({ state: `${index}` })
  const [first] = await take(channel.follow({ after: '0' }), 5)
  const following = channel.follow({ after: first?.cursor ?? '0' })
  const begun = following.next()
  // More flushes than a slow reader is given room for.
  for (let index = 5; index < 60; index += 1) await events.create({ state: `${index}` })
  const one = await begun
  const rest = await take(following, 55 - (one.value?.type === 'changes' ? one.value.changes.length : 0))
  const states = [
    one.value?.type === 'changes'
      ? one.value.changes.map(({ record }) => (record.deleted ? null : (record.data as { state: string }).state))
      : [],
    ...rest.map(({ texts }) => texts),
  ].flat()
  expect(states).toEqual(Array.from({ length: 55 }, (_, index) => `${index + 5}`))
})

test('a cursor of another log is a reset, and a signal ends the following', async () => {
  const channel = (await embedded()).channel('orders:7')
  await channel.collection('events').create({ state: 'paid' })
  const stop = new AbortController()
  const following = channel.follow({ after: 'anotherepoch1234.5', signal: stop.signal })
  expect((await following.next()).value).toMatchObject({ type: 'reset', reason: 'epoch' })
  const next = following.next()
  stop.abort()
  expect(await next).toEqual({ done: true, value: undefined })
})

test('[RIG1] the application asks what a user may do in a channel, and why', async () => {
  const dovetail = await embedded()
  const { rights } = await dovetail.rights('ana', 'orders:7')
  const reading = rights.find(({ action }) => action === 'read')
  const granted = await dovetail.rights('ana', 'orders:7', { grants: [{ channel: 'orders:*', can: ['signal'] }] })
  expect(reading?.cause).toBe('rule')
  expect(granted.rights.find(({ action }) => action === 'signal')).toMatchObject({ allowed: true, cause: 'grant' })
  expect((await dovetail.rights(null, 'orders:7')).role).toBe('anonymous')
})

test('[FOL13] all channels of a pattern are followed, new ones too, from one cursor', async () => {
  const dovetail = await embedded()
  const write = (name: `orders:${string}`, state: string) =>
    dovetail.channel(name).collection('events').create({ state })
  const control = new AbortController()
  const pages = dovetail.follow({ pattern: 'orders:*', signal: control.signal })
  const next = async () => {
    const { value, done } = await pages.next()
    if (done === true) throw new Error('the following is over')
    return value
  }
  await write('orders:old', 'paid')
  const first = await next()
  expect(first.channels).toEqual([])
  await write('orders:7', 'paid')
  const second = await next()
  expect(second.channels).toMatchObject([{ channel: 'orders:7', from: 0, to: 1, changes: [{ record: { rev: 1 } }] }])
  const waiting = pages.next()
  control.abort()
  expect(await waiting).toEqual({ value: undefined, done: true })
  await write('orders:old', 'sent')
  const again = dovetail.follow({ pattern: 'orders:*', after: second.cursor })
  expect((await again.next()).value).toMatchObject({ channels: [{ channel: 'orders:old', from: 1, to: 2 }] })
  await again.return()
  await expect(dovetail.follow({ pattern: 'nowhere:*' }).next()).rejects.toMatchObject({ code: 'not_found' })
})
