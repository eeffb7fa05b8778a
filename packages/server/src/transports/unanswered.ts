/**
 * What the kernel knows of peers that vanished without a word: how often it sent the same bytes again
 * and got no answer. Node tells nothing of it, since a write succeeds once the kernel has it, and TCP
 * itself gives up after a quarter of an hour. Linux shows it in /proc; elsewhere nothing is known.
 */
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

export type ReadTable = (path: string) => Promise<string>

const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6']

/**
 * Each is waited for twice as long as the one before it, beginning with what answers take on this line: five are 6 s
 * where they take next to nothing, 30 s where they take most of a second.
 */
const unansweredTimes = 5

/** `sl local remote st tx:rx timer:when retransmits uid probes …` of an established connection. */
const row = /^ *\d+: (\S+) (\S+) 01 \S+ \S+ (\S+) +\d+ +(\d+) /gm

/** The lines, as `lineOf` names them, on which so many sendings in a row had no answer. */
export async function unansweredLines(read: ReadTable = readTable): Promise<ReadonlySet<string>> {
  const lines = new Set<string>()
  for (const path of tables) {
    const text = await read(path).catch(() => '')
    for (const [, local = '', remote = '', retransmits = '', probes = ''] of text.matchAll(row))
      if (Math.max(Number.parseInt(retransmits, 16), Number(probes)) >= unansweredTimes)
        lines.add(`${endOf(local)} ${endOf(remote)}`)
  }
  return lines
}

/** `null`: the socket is closed. */
export function lineOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | null {
  if (localAddress === undefined || localPort === undefined) return null
  if (remoteAddress === undefined || remotePort === undefined) return null
  return `${bytesOf(localAddress)}:${localPort} ${bytesOf(remoteAddress)}:${remotePort}`
}

function readTable(path: string): Promise<string> {
  return readFile(path, 'latin1')
}

/** Words of four bytes, each as a little-endian machine prints it; on another one nothing is found. */
function endOf(text: string): string {
  const [words = '', port = ''] = text.split(':')
  const bytes = words.replaceAll(/(..)(..)(..)(..)/g, '$4$3$2$1').toLowerCase()
  return `${bytes}:${Number.parseInt(port, 16)}`
}

/** An address as hexadecimal bytes; an IPv4 one has 4 of them, also where it came in IPv6's clothes. */
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
