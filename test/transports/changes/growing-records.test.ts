import type { AppendChange, Change, LiveRecord } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

describe.each(stores)('records that grow, %s store', (store) => {
  const server = serving({ store })
  const text = 'an answer that is longer than the piece that is added to it, and than all that stands around it. '

  async function growing() {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const path = at(channel, 'messages', 'one')
    await alice.put(path, { text: text.repeat(4) })
    const append = async (value: string) =>
      alice.send(
        'PATCH',
        path,
        { 'content-type': 'application/json-patch+json' },
        JSON.stringify([{ op: 'append', path: '/text', value }]),
      )
    return { alice, channel, path, append }
  }

  /** The text after these changes, of a reader that holds the record as it was. */
  function grownBy(changes: readonly (Change | AppendChange)[]): string {
    return changes.reduce((held, change) => {
      if (!('append' in change)) return (change.record as LiveRecord<{ text: string }>).data.text
      const [piece] = change.append.pieces
      return `${held.slice(0, piece?.at)}${piece?.value}`
    }, text.repeat(4))
  }

  test('[APP6] a socket that asks is sent pieces, another one the record', async () => {
    const { channel, append } = await growing()
    const [asked, other] = [await server.connect('alice'), await server.connect('alice')]
    await asked.ok('subscribe', { channel, last: { messages: 10 }, appends: true })
    await other.ok('subscribe', { channel, last: { messages: 10 } })
    for (const value of ['one ', 'two ', 'three']) await append(value)
    const changesOf = async (socket: typeof asked) =>
      (await socket.reached(channel, 4)).flatMap((frame) => (frame as { changes: (Change | AppendChange)[] }).changes)
    const [pieces, records] = [await changesOf(asked), await changesOf(other)]
    expect(pieces.every((change) => 'append' in change)).toBe(true)
    expect(records.some((change) => 'append' in change)).toBe(false)
    expect([grownBy(pieces), grownBy(records)]).toEqual(Array(2).fill(`${text.repeat(4)}one two three`))
  })

  test('[APP8] a reader that lacks the record reads it, and adds what fits', async () => {
    const { alice, channel, path, append } = await growing()
    const socket = await server.connect('alice')
    await socket.ok('subscribe', { channel, appends: true })
    for (const value of ['one ', 'two ']) await append(value)
    const { rev, data } = (await alice.get<LiveRecord<{ text: string }>>(path)).body
    await append('three')
    const changes = (await socket.reached(channel, 4)).flatMap((frame) => frame.changes as (Change | AppendChange)[])
    const held = changes.reduce((text, change) => {
      if (!('append' in change) || change.append.rev <= rev) return text
      expect(change.append.from).toBeLessThanOrEqual(rev)
      return `${text.slice(0, change.append.pieces[0]?.at)}${change.append.pieces[0]?.value}`
    }, data.text)
    expect(held).toBe(`${text.repeat(4)}one two three`)
  })

  test('[APP6] a stream with appends=1 is sent pieces; what is caught up from the log comes whole', async () => {
    const { alice, channel, append } = await growing()
    const { body } = await alice.get<{ cursor: string }>(`/v1/channels/${channel}`)
    await append('one ')
    const path = `/v1/channels/${channel}/changes?appends=1&after=${body.cursor}`
    const stream = await openStream({ port: server.port, path })
    onTestFinished(() => stream.close())
    await stream.until('the whole record', (sent) => sent.includes('one '))
    for (const value of ['two ', 'three']) await append(value)
    await stream.until('the pieces', (sent) => sent.includes('three'))
    const changes = stream.events('changes').flatMap(({ data }) => data.changes as (Change | AppendChange)[])
    expect(changes.map((change) => 'append' in change)).toEqual([false, ...changes.slice(1).map(() => true)])
    expect(grownBy(changes)).toBe(`${text.repeat(4)}one two three`)
    expect((await alice.get(`/v1/channels/${channel}/changes?appends=2`)).code).toBe('invalid_query')
  })
})
