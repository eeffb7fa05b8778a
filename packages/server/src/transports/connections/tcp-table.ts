/** Linux's table of TCP connections: what the kernel knows of each, and Node does not show. Elsewhere it is empty. */
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

export type ReadTable = (path: string) => Promise<string>

const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6']

/** The row of an established connection: `sl local remote st tx:rx timer:when retransmits uid probes …`. */
const row = /^ *\d+: (\S+) (\S+) 01 ([^:\s]+):\S+ \S+ (\S+) +\d+ +(\d+) /gm

export interface TcpRow {
  /** The connection, named as by `lineOf`. */
  readonly line: string
  /** Bytes that the peer has not acknowledged. */
  readonly unacknowledgedBytes: number
  /** Retransmissions or keep-alive probes in a row. */
  readonly repeats: number
}

export async function readTcpRows(read: ReadTable = readTable): Promise<TcpRow[]> {
  const texts = await Promise.all(tables.map((path) => read(path).catch(() => '')))
  return texts.flatMap((text) =>
    Array.from(text.matchAll(row), ([, local = '', remote = '', queue = '', retransmits = '', probes = '']) => ({
      line: `${endOf(local)} ${endOf(remote)}`,
      unacknowledgedBytes: Number.parseInt(queue, 16),
      repeats: Math.max(Number.parseInt(retransmits, 16), Number(probes)),
    })),
  )
}

/** The name of a socket's connection; `null`: the socket is closed. */
export function lineOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | null {
  if (localAddress === undefined || localPort === undefined) return null
  if (remoteAddress === undefined || remotePort === undefined) return null
  return `${bytesOf(localAddress)}:${localPort} ${bytesOf(remoteAddress)}:${remotePort}`
}

function readTable(path: string): Promise<string> {
  return readFile(path, 'latin1')
}

/** Reads words of four bytes in little-endian order; on a big-endian machine no connection is found. */
function endOf(text: string): string {
  const [words = '', port = ''] = text.split(':')
  const bytes = words.replaceAll(/(..)(..)(..)(..)/g, '$4$3$2$1').toLowerCase()
  return `${bytes}:${Number.parseInt(port, 16)}`
}

/** An address as hexadecimal bytes: 4 for IPv4, IPv4-mapped IPv6 addresses included. */
function bytesOf(address: string): string {
  const plain = address.replace(/%.*$/, '')
  if (plain.includes('.') && !plain.includes(':')) return hexOf(plain.split('.').map(Number), 2)
  const { hostname } = new URL(`http://[${plain}]`)
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const words = (part: string | undefined) => (part === undefined || part === '' ? [] : part.split(':'))
  const [before, after] = [words(head), words(tail)]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return hexOf(
    [...before, ...zeros, ...after].map((word) => Number.parseInt(word, 16)),
    4,
  )
}

function hexOf(numbers: readonly number[], digits: number): string {
  return numbers.map((number) => number.toString(16).padStart(digits, '0')).join('')
}
