import { expect, test } from 'vitest'
import { runDovetail } from '../../support/servers/spawn-server.ts'

const ownNetwork = ['unshare', '--user', '--map-root-user', '--net']

test.runIf(process.platform === 'linux')(
  '[RDG21, LIM10, LIM11, CLO11] peers that vanish without closing are no longer counted as readers, on each transport',
  { timeout: 120_000 },
  async () => {
    const { ended } = runDovetail(
      [],
      {},
      { entry: 'test/cases/connections/vanished-readers-server.ts', under: ownNetwork },
    )
    const { code, stdout, stderr } = await ended
    expect(code, stderr).toBe(0)
    const { before, goneAfter, closed } = JSON.parse(stdout)
    expect(before).toEqual({ all: 3, websocket: 1, sse: 1, long_poll: 1 })
    expect(Object.keys(goneAfter).sort()).toEqual(['all', 'long_poll', 'sse', 'websocket'])
    // The poll would have ended by itself after 55 s, and TCP would have given the stream up after a quarter of an hour.
    expect(goneAfter.all).toBeLessThan(30)
    expect(closed).toBe(2)
    expect(stderr).toContain('ended a stream: the peer stopped answering')
  },
)
