import { expect, test } from 'vitest'
import { estimateNetworkOverhead } from './network-overhead.ts'
import { Traffic } from './traffic.ts'

test('the network overhead of one request and its answer on one connection', () => {
  const traffic = new Traffic()
  traffic.count('connections')
  traffic.countBytes('up', 100)
  traffic.countBytes('down', 1449) // one byte more than fits in a packet
  const { tcpIp, tls } = estimateNetworkOverhead(traffic.figures())
  // Three packets, an acknowledgement for every second one, seven to open and to close; 52 bytes each.
  expect(tcpIp).toBe((3 + 1.5 + 7) * 52)
  expect(tls).toBe(3 * 22 + 4500)
})
