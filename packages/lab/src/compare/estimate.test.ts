import { expect, test } from 'vitest'
import { Traffic } from '../contenders/traffic.ts'
import { belowTheSockets } from './estimate.ts'

test('one question and its answer on one connection', () => {
  const traffic = new Traffic()
  traffic.count('connections')
  traffic.carried('up', 100)
  traffic.carried('down', 1449) // one byte more than fits in a packet
  const { tcpIp, tls } = belowTheSockets(traffic.figures())
  // Three packets, an acknowledgement for every second one, seven to open and to close; 52 bytes each.
  expect(tcpIp).toBe((3 + 1.5 + 7) * 52)
  expect(tls).toBe(3 * 22 + 4500)
})
