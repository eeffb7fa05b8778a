import { describe, expect, test } from 'vitest'
import { type ConnectionEvent, type StateName, transitions } from './transitions.ts'

/** The table of transitions.ts in another form, so that the two check each other: by event, with every cell written out. */
const expected: Record<ConnectionEvent, Record<StateName, StateName>> = {
  want: row('connecting connecting open waiting offline auth_failed closed'),
  unwant: row('idle idle idle idle idle auth_failed closed'),
  opened: row('idle open open waiting offline auth_failed closed'),
  lost: row('idle waiting waiting waiting offline auth_failed closed'),
  denied: row('idle auth_failed auth_failed waiting offline auth_failed closed'),
  fatal: row('idle closed closed waiting offline auth_failed closed'),
  due: row('idle connecting open connecting connecting auth_failed closed'),
  online: row('idle connecting open connecting connecting auth_failed closed'),
  offline: row('idle connecting open offline offline auth_failed closed'),
  resume: row('idle connecting open connecting connecting auth_failed closed'),
  suspend: row('idle offline offline offline offline auth_failed closed'),
  credentials: row('idle connecting open connecting offline connecting closed'),
  close: row('closed closed closed closed closed closed closed'),
}

function row(cells: string): Record<StateName, StateName> {
  const [idle, connecting, open, waiting, offline, authFailed, closed] = cells.split(' ') as StateName[]
  return { idle, connecting, open, waiting, offline, auth_failed: authFailed, closed } as Record<StateName, StateName>
}

describe('the connection state table', () => {
  for (const [event, cells] of Object.entries(expected) as [ConnectionEvent, Record<StateName, StateName>][]) {
    for (const [from, to] of Object.entries(cells) as [StateName, StateName][]) {
      test(`${from} × ${event} → ${to}`, () => {
        expect(transitions[from][event]).toBe(to)
      })
    }
  }

  test('only the state `closed` is final; every other state can be left', () => {
    expect(new Set(Object.values(transitions.closed))).toEqual(new Set(['closed']))
    for (const [name, events] of Object.entries(transitions)) {
      if (name !== 'closed') expect(new Set(Object.values(events)).size).toBeGreaterThan(1)
    }
  })
})
