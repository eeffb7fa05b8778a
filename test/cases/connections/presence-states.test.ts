import type { Presence, PresencePage } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

describe('presence states', () => {
  const server = serving()
  const shown = async (channel: string, user: string) => {
    const { body } = await (await server.rest('watcher')).get<PresencePage>(`/v1/channels/${channel}/presence`)
    const found = body.users.find((each) => each.user === user)
    return found === undefined ? 'gone' : (found.state ?? 'none')
  }

  test.each(['close', 'terminate'] as const)(
    '[PRS1] N11: a state ends with the connection that set it, by %s',
    async (end) => {
      const channel = freshChannel()
      const [watcher, one, two] = [
        await server.connect('watcher'),
        await server.connect('ann'),
        await server.connect('ann'),
      ]
      await watcher.subscribe(channel, { presence: true })
      await one.subscribe(channel, { presence: true })
      await two.subscribe(channel, { presence: true })
      await watcher.next('presence', channel)
      await two.ok('state', { channel, state: { editing: 3 } })
      await one.ok('state', { channel, state: { typing: true } })
      await expect.poll(() => shown(channel, 'ann')).toEqual({ typing: true })
      one[end]()
      await expect.poll(() => shown(channel, 'ann')).toEqual({ editing: 3 })
      two[end]()
      await expect.poll(() => shown(channel, 'ann')).toBe('gone')
    },
  )

  test('[PRS1] N11: the state that a client without a socket set ends when the client says that it leaves', async () => {
    const channel = freshChannel()
    const [watcher, ann] = [await server.connect('watcher'), await server.connect('ann')]
    await watcher.subscribe(channel, { presence: true })
    await ann.subscribe(channel, { presence: true })
    const rest = await server.rest('ann')
    const path = `/v1/channels/${channel}/presence`
    await rest.post(path, { client: 'c1', state: { typing: true } })
    await expect.poll(() => shown(channel, 'ann')).toEqual({ typing: true })
    await rest.delete(`${path}?client=c1`)
    expect(await shown(channel, 'ann')).toBe('none')
    await expect
      .poll(() => watcher.events('presence', channel).at(-1))
      .toMatchObject({ state: [{ user: 'ann', state: null }] })
  })
})

describe('who lost the right to be there', () => {
  const server = serving()
  const world = async (channel: string) => {
    const olga = await server.rest('olga')
    await olga.put(`/v1/channels/${channel}`, {})
    const members = `/v1/channels/${channel}/members`
    await olga.post(members, { user: 'vic', role: 'member' })
    const [owner, vic, lease] = [await server.connect('olga'), await server.connect('vic'), await server.rest('vic')]
    await owner.subscribe(channel, { presence: true })
    await vic.subscribe(channel, { presence: true })
    const presence = `/v1/channels/${channel}/presence`
    expect((await lease.post(presence, { client: 'c1', state: 'before' })).status).toBe(204)
    const vicIn = async () => {
      const { body } = await olga.get<PresencePage>(presence)
      return body.users.find(({ user }) => user === 'vic')
    }
    expect(await vicIn()).toMatchObject({ connections: 2, state: 'before' })
    return { olga, owner, vic, lease, members, presence, vicIn }
  }

  test('[PRS2, S5] who is kicked from a private channel is not present and sets no state, with a lease and an open socket', async () => {
    const channel = freshChannel('team')
    const { olga, owner, vic, lease, members, presence, vicIn } = await world(channel)
    await olga.delete(`${members}/vic`)
    await expect.poll(vicIn).toBeUndefined()
    expect(owner.events('presence', channel).at(-1)).toMatchObject({ leave: ['vic'] })
    expect((await vic.refused('state', { channel, state: 'again' })).code).toBe('not_found')
    expect((await lease.post(presence, { client: 'c1', state: 'again' })).code).toBe('not_found')
    expect(await vicIn()).toBeUndefined()
  })

  test('[PRS2, N20] who is banned from a public channel reads on, is not present and sets no state', async () => {
    const channel = freshChannel()
    const { olga, vic, lease, members, presence, vicIn } = await world(channel)
    await olga.put(`${members}/vic`, { user: 'vic', role: 'banned' })
    await expect.poll(vicIn).toBeUndefined()
    expect((await vic.refused('state', { channel, state: 'again' })).code).toBe('forbidden')
    expect((await lease.post(presence, { client: 'c1' })).code).toBe('forbidden')
    const again = await server.connect('vic')
    const { presence: list } = await again.subscribe(channel, { presence: true })
    expect(list?.map(({ user }) => user)).toEqual(['olga'])
    expect((await again.refused('state', { channel, state: 'again' })).code).toBe('forbidden')
    const token = await tokenFor('vic')
    const stream = await openStream({
      port: server.port,
      path: `/v1/channels/${channel}/changes?presence=1&client=c2`,
      token,
    })
    await stream.next('presence')
    stream.close()
    expect(await vicIn()).toBeUndefined()
    await olga.put(`${members}/vic`, { user: 'vic', role: 'member' })
    expect((await lease.post(presence, { client: 'c1', state: 'again' })).status).toBe(204)
    expect(await vicIn()).toMatchObject({ state: 'again' })
  })

  test('[PRS2, N20] who is muted stays present, shows no state and sets none', async () => {
    const channel = freshChannel()
    const { olga, vic, lease, members, presence, vicIn } = await world(channel)
    const mutedUntil = new Date(Date.now() + 60_000).toISOString()
    await olga.put(`${members}/vic`, { user: 'vic', role: 'member', mutedUntil })
    await expect.poll(async () => (await vicIn())?.state).toBeUndefined()
    expect((await vicIn())?.connections).toBe(2)
    expect((await vic.refused('state', { channel, state: 'again' })).code).toBe('forbidden')
    expect((await lease.post(presence, { client: 'c1', state: 'again' })).code).toBe('forbidden')
    expect((await lease.post(presence, { client: 'c1' })).status).toBe(204)
    expect((await vicIn())?.state).toBeUndefined()
  })
})

describe('a presence list that is larger than a reply', () => {
  const server = serving({ limits: { replyBytes: 65_536 } })

  test('[PRS3, LIM9] N17: comes in frames and pages within the bound, and is whole in the end', {
    timeout: 60_000,
  }, async () => {
    const channel = freshChannel()
    const path = `/v1/channels/${channel}/presence`
    const names = Array.from({ length: 90 }, (_none, index) => `u${String(index).padStart(2, '0')}`)
    for (const name of names) await (await server.rest(name)).post(path, { client: 'c', state: { s: 'x'.repeat(900) } })
    const anyone = await server.open()
    await anyone.hello()
    const { presence } = await anyone.subscribe(channel, { presence: true })
    expect(JSON.stringify(presence).length).toBeLessThan(65_536)
    const seen = () =>
      new Set([...(presence ?? []), ...joined(anyone.events('presence', channel))].map(({ user }) => user))
    await expect.poll(() => seen().size).toBe(90)
    for (const frame of anyone.events('presence', channel)) expect(JSON.stringify(frame).length).toBeLessThan(65_536)

    const stream = await openStream({ port: server.port, path: `/v1/channels/${channel}/changes?presence=1` })
    const streamed = () => stream.events('presence').map(({ data }) => data)
    const usersOf = () =>
      joined(streamed().map((data) => (typeof data === 'string' ? JSON.parse(data) : data) as Presence))
    await expect.poll(() => new Set(usersOf().map(({ user }) => user)).size).toBe(90)
    for (const data of streamed()) expect(JSON.stringify(data).length).toBeLessThan(65_536)
    stream.close()

    const listed: string[] = []
    for (let after = ''; ; ) {
      const page = await (await server.rest()).get<PresencePage>(`${path}?after=${after}`)
      expect(JSON.stringify(page.body).length).toBeLessThan(65_536)
      listed.push(...page.body.users.map(({ user }) => user))
      if (page.body.next == null) break
      after = page.body.next
    }
    expect(listed).toEqual(names)
  })
})

function joined(frames: readonly Presence[]) {
  return frames.flatMap(({ all = [], join = [] }) => [...all, ...join])
}
