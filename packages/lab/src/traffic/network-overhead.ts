import { packetPayload, type TrafficFigures } from './traffic.ts'

export interface NetworkOverhead {
  readonly tcpIp: number
  readonly tls: number
  readonly how: string
}

/** IPv4 and TCP without options are 40, time stamps are 12 more; IPv6 would be 20 more. */
const packetHeader = 52
/** Three packets to open, four to close. */
const packetsPerConnection = 7
/** Record header, content type and tag of TLS 1.3. */
const tlsRecord = 22
/** A handshake of TLS 1.3 with two certificates of usual size, both ways. */
const tlsHandshake = 4500

const how =
  `TCP/IP: ${packetHeader} bytes for each packet of up to ${packetPayload} bytes, an acknowledgement for every second one, ` +
  `${packetsPerConnection} packets per connection. TLS 1.3: ${tlsRecord} bytes for each packet's record, ${tlsHandshake} per handshake.`

/** What TCP/IP adds, and TLS would add, to what was counted on the sockets. */
export function estimateNetworkOverhead({ packetsUp, packetsDown, connections }: TrafficFigures): NetworkOverhead {
  const packets = packetsUp + packetsDown
  const acknowledgements = packets / 2
  return {
    tcpIp: Math.round((packets + acknowledgements + connections * packetsPerConnection) * packetHeader),
    tls: Math.round(packets * tlsRecord + connections * tlsHandshake),
    how,
  }
}
