import { defaultLimits } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { anonymous } from '../../../core/access/caller.ts'
import { Budgets } from '../../../core/rate/budgets.ts'
import { CallerTurns } from '../../../core/rate/caller-turns.ts'
import { RefusalPace } from '../../../core/rate/refusal-pace.ts'
import { GateOutlet } from '../../../core/simulation/gate-outlet.fixture.ts'
import { HandClock } from '../../../core/simulation/hand-clock.fixture.ts'
import { CommandPace, type Patience } from './command-pace.ts'
import { ConnectionSession } from './connection-session.ts'

const limits = { ...defaultLimits, commands: 1, commandsBurst: 10 }

function world() {
  const clock = new HandClock()
  const turns = new CallerTurns(clock)
  const rates = { budgets: new Budgets(clock, limits), refusalPace: new RefusalPace(clock), turns }
  let connections = 0
  const connect = (user: string | null): CommandPace => {
    const session = new ConnectionSession(`c${connections++}`, '192.0.2.1', new GateOutlet(), null, () => {})
    session.caller = user === null ? anonymous : { ...anonymous, user, role: user === 'backend' ? 'service' : 'user' }
    return new CommandPace(rates, session)
  }
  return { clock, connect }
}

function frames(pace: CommandPace, count: number): Patience[] {
  return Array.from({ length: count }, () => pace.takeFrame())
}

describe('the pace of a connection', () => {
  test('[LIM38, LIM16] is as before for a burst and 300 refusals, then slow, and over after 1,000', () => {
    const pace = world().connect('mallory')
    expect(new Set(frames(pace, 310))).toEqual(new Set(['as before']))
    expect(new Set(frames(pace, 700))).toEqual(new Set(['slow']))
    expect(pace.takeFrame()).toBe('over')
  })

  test('[LIM16] counts the refusals of all sockets of a user, and lets each have 20 of its own', () => {
    const { connect, clock } = world()
    const [first, second] = [connect('mallory'), connect('mallory')]
    frames(first, 510)
    expect(frames(second, 500)).not.toContain('over')
    expect(second.takeFrame()).toBe('over')
    expect(first.takeFrame()).toBe('over')
    const third = connect('mallory')
    expect(frames(third, 20)).not.toContain('over')
    expect(third.takeFrame()).toBe('over')
    expect(frames(connect('ann'), 10)).not.toContain('over')
    // A minute later it is forgotten.
    clock.spend(61_000)
    expect(frames(connect('mallory'), 100)).not.toContain('over')
  })

  test('[LIM16] counts the refusals of each socket without a token by itself', () => {
    const { connect } = world()
    const [first, second] = [connect(null), connect(null)]
    expect(frames(first, 1010)).not.toContain('over')
    expect(first.takeFrame()).toBe('over')
    expect(frames(second, 1010)).not.toContain('over')
  })

  test('[LIM39] gives one turn at a time to all sockets of a user, and to each without one; a service needs none', async () => {
    const { connect, clock } = world()
    const [first, second, other, service] = [connect('mallory'), connect('mallory'), connect('ann'), connect('backend')]
    const [nobody, nobodyElse] = [connect(null), connect(null)]
    for (const pace of [first, other, nobody, nobodyElse, service, service]) expect(pace.turn()).toBeNull()
    const begun: string[] = []
    void second.turn()?.then(() => begun.push('second'))
    void nobody.turn()?.then(() => begun.push('nobody'))
    void first.turn()?.then(() => begun.push('first'))
    await Promise.resolve()
    expect(begun).toEqual([])
    clock.turn()
    await Promise.resolve()
    expect(begun).toEqual(['second', 'nobody'])
    clock.turn()
    await Promise.resolve()
    expect(begun).toEqual(['second', 'nobody', 'first'])
  })
})
