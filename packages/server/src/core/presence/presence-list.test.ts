import { describe, expect, test } from 'vitest'
import { encodeJson } from '../../wire/json-text.ts'
import { room, presencesWorld as world } from './presences-world.fixture.ts'

describe('the presence list', () => {
  test('[N17] the list and what moved are sent in frames within the bound, and add up to everybody', () => {
    const { clock, presences, reader } = world(5000)
    const { outlet, feed } = reader()
    const state = encodeJson('x'.repeat(900))
    for (let user = 0; user < 90; user++) presences.hold(room, `u${user}`, 'c', null)
    for (let user = 0; user < 90; user++) presences.setState(room, `u${user}`, 'c', state)
    clock.turn()
    const late = reader()
    const first = presences.begin(room, late.feed)
    presences.sendList(room, late.feed, first.next ?? 0)
    presences.sendList(room, feed)
    const joined = (messages: readonly unknown[]) =>
      (messages as { all?: { user: string }[]; join?: { user: string }[] }[]).flatMap(({ all = [], join = [] }) =>
        [...all, ...join].map(({ user }) => user),
      )
    expect(first.users.length + joined(late.outlet.messages).length).toBe(90)
    expect(new Set(joined(outlet.messages)).size).toBe(90)
    for (const { json } of [...outlet.frames, ...late.outlet.frames]) expect(json.length).toBeLessThan(7000)
    expect(outlet.frames.length).toBeGreaterThan(30)
  })

  test('[N17] a reader whose outlet is full is sent the rest of the list once it drains, as the list is then', () => {
    const { clock, presences, reader } = world(1000)
    for (let user = 0; user < 60; user++) presences.hold(room, `u${String(user).padStart(2, '0')}`, 'c', null)
    clock.turn()
    const { outlet, feed } = reader()
    const first = presences.begin(room, feed)
    outlet.shut()
    presences.sendList(room, feed, first.next ?? 0)
    presences.leave(room, 'u59', 'c')
    clock.turn()
    outlet.open()
    const messages = outlet.messages as { all?: { user: string }[]; join?: { user: string }[] }[]
    const names = new Set(messages.flatMap(({ all = [], join = [] }) => [...all, ...join]).map(({ user }) => user))
    expect([names.has('u58'), names.has('u59')]).toEqual([true, false])
  })

  test('[N17] a page of the list is within the bound too', () => {
    const { presences } = world(2000)
    for (let user = 0; user < 40; user++) {
      presences.hold(room, `u${String(user).padStart(2, '0')}`, 'c', null)
      presences.setState(room, `u${String(user).padStart(2, '0')}`, 'c', encodeJson('x'.repeat(900)))
    }
    const seen: string[] = []
    for (let after = ''; ; ) {
      const { users, next } = presences.list(room, after, 500)
      expect(JSON.stringify(users).length).toBeLessThan(8000)
      seen.push(...users.map(({ user }) => user))
      if (next === null) break
      after = next
    }
    expect(seen).toHaveLength(40)
  })

  test('[S4] who comes is in one frame of the list; the others are those that earlier readers were sent', () => {
    const { presences, reader } = world(1000)
    for (let user = 0; user < 90; user++) presences.hold(room, `u${user}`, 'c', null)
    const [first, second] = [reader(), reader()]
    presences.sendList(room, first.feed)
    presences.hold(room, 'late', 'c', null)
    presences.sendList(room, second.feed)
    const [before, after] = [first.outlet.frames, second.outlet.frames]
    expect(before.length).toBeGreaterThan(3)
    expect(after.filter((frame) => !before.includes(frame))).toHaveLength(1)
    expect(after.at(-1)?.json).toContain('"late"')
  })

  test('[S4] the list is encoded once for all who ask before it changes, and in the part that changed after that', () => {
    const { presences, reader } = world()
    for (let user = 0; user < 5000; user++) {
      presences.hold(room, `u${user}`, 'c', null)
      presences.setState(room, `u${user}`, 'c', encodeJson('x'.repeat(900)))
    }
    const before = presences.begin(room, reader().feed).users
    const again = presences.begin(room, reader().feed).users
    expect(again).toEqual(before)
    // Eight hundred subscribers, each of whom changes the list: all of it encoded each time would take a minute.
    const startedAt = process.cpuUsage()
    for (let one = 0; one < 800; one++) {
      presences.hold(room, `late${one}`, 'c', null)
      presences.begin(room, reader().feed)
    }
    const { user, system } = process.cpuUsage(startedAt)
    expect((user + system) / 1000 / 800).toBeLessThan(1)
  })
})
