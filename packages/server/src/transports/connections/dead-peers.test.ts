import { readFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { anonymous } from '../../core/access/caller.ts'
import { unacknowledgedLines } from './dead-peers.ts'
import { Readers } from './readers.ts'
import { lineOf } from './tcp-table.ts'

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (local: string, remote: string, { state = '01', retransmits = '00000000', probes = '0' } = {}) =>
  `   7: ${local} ${remote} ${state} 00000002:00000000 01:0000026E ${retransmits}     0 ${probes.padStart(8)} 40742 3 00000000ca39135c 652 0 0 1 -1\n`

const tables =
  (v4: string, v6 = '') =>
  async (path: string) =>
    head + (path.endsWith('6') ? v6 : v4)
const socket = (local: string, localPort: number, remote: string, remotePort: number) =>
  ({ localAddress: local, localPort, remoteAddress: remote, remotePort }) as Socket

describe('connections without an acknowledgement', () => {
  test('are those with five retransmissions or keep-alive probes in a row', async () => {
    const server = '0100007F:9D9B'
    const text = [
      row(server, '0200007F:9A0F', { retransmits: '00000005' }),
      row(server, '0200007F:9A10', { retransmits: '00000004' }),
      row(server, '0200007F:9A11', { probes: '6' }),
      row(server, '0200007F:9A12', { state: '04', retransmits: '00000009' }),
      row(server, '0200007F:9A13', { retransmits: '0000000A' }),
    ].join('')
    const lines = await unacknowledgedLines(tables(text))
    const at = (port: number) => lineOf(socket('127.0.0.1', 0x9d9b, '127.0.0.2', port)) ?? ''
    const found = [0x9a0f, 0x9a10, 0x9a11, 0x9a12, 0x9a13].map((port) => lines.has(at(port)))
    expect(found).toEqual([true, false, true, false, true])
  })

  test('have the same names from the kernel table and from sockets, for IPv6 too', async () => {
    const local = '00000000000000000000000001000000:11F8'
    const remote = 'B80D0120000000000000000001000000:9C40'
    const mapped = '0000000000000000FFFF00000100007F:11F8'
    const v6 = [row(local, remote, { retransmits: '00000006' }), row(mapped, mapped, { retransmits: '00000006' })].join(
      '',
    )
    const lines = await unacknowledgedLines(tables('', v6))
    expect(lines).toEqual(
      new Set([
        lineOf(socket('::1', 4600, '2001:db8::1', 40_000)),
        lineOf(socket('::ffff:127.0.0.1', 4600, '::ffff:127.0.0.1', 4600)),
      ]),
    )
  })

  test('are an empty set where the kernel table can not be read', async () => {
    expect(await unacknowledgedLines(() => Promise.reject(new Error('ENOENT')))).toEqual(new Set())
  })

  test.runIf(process.platform === 'linux')('are found in the real table of Linux for an open connection', async () => {
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('no address')
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
    const client = connect(address.port, '127.0.0.1')
    onTestFinished(() => void client.destroy())
    const line = lineOf(await accepted)
    // The real table with all retransmission counts raised: every connection is found, this one among them.
    const raised = async (path: string) =>
      (await readFile(path, 'latin1')).replaceAll(/ 0{8} ( *\d+ +\d+ )/g, ' 00000005 $1')
    expect(await unacknowledgedLines(raised)).toContain(line)
  })
})

test('only readers with a one-way connection are checked, and only those without an acknowledgement are lost', async () => {
  const readers = new Readers()
  const lost: string[] = []
  let looks = 0
  const unacknowledged = async () => {
    looks += 1
    return new Set([lineOf(socket('127.0.0.1', 1, '127.0.0.1', 2)) ?? ''])
  }
  const reader = (name: string, mute?: Socket) =>
    readers.add({
      transport: mute === undefined ? 'websocket' : 'sse',
      caller: anonymous,
      endReason: 'peer',
      beat: () => {},
      goAway: () => {},
      leave: () => {},
      cut: () => {},
      revoke: () => {},
      ...(mute === undefined ? {} : { mute, lost: () => lost.push(name) }),
    })
  reader('a socket')
  await readers.missVanished(unacknowledged)
  expect(looks).toBe(0)
  reader('here', socket('127.0.0.1', 1, '127.0.0.1', 3))
  reader('gone', socket('127.0.0.1', 1, '127.0.0.1', 2))
  await readers.missVanished(unacknowledged)
  expect(lost).toEqual(['gone'])
})
