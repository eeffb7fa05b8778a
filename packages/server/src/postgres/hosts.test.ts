import { describe, expect, test } from 'vitest'
import { Hosts, hostOf } from './hosts.ts'
import { areTheirOwn } from './own-sessions.ts'

describe('the hosts of a URL', () => {
  test('are one URL each, with the user, the database and the other options', () => {
    const { urls } = new Hosts('postgres://ana:p%40@one:5432,two,[::1]:5433/base?target_session_attrs=read-write&a=1')
    expect(urls).toEqual([
      'postgres://ana:p%40@one:5432/base?a=1',
      'postgres://ana:p%40@two/base?a=1',
      'postgres://ana:p%40@[::1]:5433/base?a=1',
    ])
    expect(urls.map(hostOf)).toEqual(['one:5432', 'two', '[::1]:5433'])
  })

  test('go round, and a host that another call has left is not left twice', () => {
    const hosts = new Hosts('postgres://one,two/base')
    const first = hosts.current
    hosts.leave(first)
    hosts.leave(first)
    expect(hostOf(hosts.current)).toBe('two')
    hosts.leave(hosts.current)
    expect(hosts.current).toBe(first)
  })

  test('[P9] are refused where the URL asks for servers that take no writes', () => {
    expect(() => new Hosts('postgres://one,two/base?target_session_attrs=standby')).toThrow(
      'target_session_attrs=standby names servers that take no writes; use read-write',
    )
    for (const attribute of ['any', 'primary', 'read-write'])
      expect(new Hosts(`postgres://one/base?target_session_attrs=${attribute}`).urls).toEqual(['postgres://one/base'])
  })

  test('[P9] give sslmode the meaning that it has for libpq, unless the URL says otherwise', () => {
    expect(new Hosts('postgres://one/base?sslmode=require').urls).toEqual([
      'postgres://one/base?sslmode=require&uselibpqcompat=true',
    ])
    const own = 'postgres://one/base?sslmode=require&uselibpqcompat=false'
    expect(new Hosts(own).urls).toEqual([own])
  })
})

describe('two connections', () => {
  test('[P3] have sessions of their own where each is answered by one process, and not by that of the other', () => {
    expect(
      areTheirOwn([
        [1, 2],
        [1, 2],
      ]),
    ).toBe(true)
  })

  test.each([
    [
      'one process answers both',
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [
      'a process answers now the one, now the other',
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [
      'one of them is answered by another process later',
      [
        [1, 2],
        [1, 3],
      ],
    ],
    [
      'the first is answered by another process later',
      [
        [1, 2],
        [3, 2],
      ],
    ],
  ] as const)('[P3] have no sessions of their own where %s', (_what, rounds) => {
    expect(areTheirOwn(rounds)).toBe(false)
  })
})
