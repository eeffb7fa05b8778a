/**
 * Where the public keys of an external issuer come from: a JWKS (RFC 7517) in a file or at a URL. What answers at the
 * URL is bounded in size and time, and is not followed elsewhere.
 */
import { readFile } from 'node:fs/promises'

/** Reads the text of the JWKS; rejects where it can't be read now. */
export type ReadKeys = () => Promise<string>

export interface KeySource {
  readonly kind: 'file' | 'url'
  readonly read: ReadKeys
}

/** The most bytes of a JWKS; a hundred keys have some 50 KiB. */
const maxBytes = 262_144
const answerMs = 5000

/**
 * `source` is a URL or a path. @throws Error for a plain http URL of another machine, unless `overHttp`: whoever sits on
 * the way could put in keys of its own.
 */
export function keySourceOf(source: string, overHttp: boolean): KeySource {
  if (!/^https?:\/\//i.test(source)) return { kind: 'file', read: () => readFile(source, 'utf8') }
  const url = new URL(source)
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !overHttp)
    throw new Error(`${source} is not https, so that its keys could be exchanged on the way`)
  return { kind: 'url', read: () => download(url) }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

async function download(url: URL): Promise<string> {
  const answer = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(answerMs),
  })
  if (answer.status !== 200) {
    await answer.body?.cancel()
    throw new Error(`${url.origin} answers ${answer.status} where its keys should be`)
  }
  return textOf(answer)
}

async function textOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Error(`the keys have more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
