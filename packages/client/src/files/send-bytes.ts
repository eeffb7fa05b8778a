/** Sends the bytes of an announced file to the address that its announcement gave. */
import type { FileUpload } from 'dovetail-protocol'
import { backOffMs } from '../base/back-off.ts'
import { DovetailError } from '../base/errors.ts'
import { pause } from '../base/pause.ts'
import { errorFrom, type Rest } from '../base/rest.ts'
import { parseRetryAfter } from '../base/retry-after.ts'

/** What can be uploaded. */
export type Bytes = Blob | ArrayBuffer | Uint8Array<ArrayBuffer>

/** `sent` of `total` bytes. */
export type Progress = (sent: number, total: number) => void

export interface SendOptions {
  readonly signal: AbortSignal | undefined
  readonly onProgress: Progress | undefined
}

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const attempts = 5

/** The same bytes may be sent again: once they are stored, a repetition changes nothing. */
export async function sendBytes(rest: Rest, upload: FileUpload, blob: Blob, options: SendOptions): Promise<void> {
  const { signal = new AbortController().signal } = options
  for (let failures = 0; ; ) {
    try {
      await sendOnce(rest, upload, blob, { ...options, signal })
      options.onProgress?.(blob.size, blob.size)
      return
    } catch (cause) {
      if (signal.aborted) throw new DovetailError('aborted', 'the upload was given up', { cause })
      if (!(cause instanceof DovetailError) || !cause.retryable || ++failures === attempts) throw cause
      await pause(rest.clock, backOffMs(failures, Math.random, (cause.retryAfter ?? 0) * 1000), signal)
    }
  }
}

async function sendOnce(
  rest: Rest,
  upload: FileUpload,
  blob: Blob,
  { signal, onProgress }: SendOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const seesProgress = onProgress !== undefined && typeof XMLHttpRequest === 'function'
  const send = seesProgress
    ? sendByXhr(upload, blob, signal, (sent) => onProgress(sent, blob.size))
    : sendByFetch(rest, upload, blob, signal)
  const { status, headers, text } = await send.catch((cause: unknown): never => {
    throw new DovetailError('network', 'no answer', { cause })
  })
  if (status >= 200 && status < 300) return
  throw errorFrom(parsed(text), status, parseRetryAfter(headers, rest.clock.now()))
}

async function sendByFetch(
  { fetch }: Rest,
  { method, url, headers }: FileUpload,
  body: Blob,
  signal: AbortSignal,
): Promise<Reply> {
  const response = await fetch(url, { method, headers, body, signal, credentials: 'omit' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** The only request of a page that says how much of its body was sent. */
function sendByXhr(
  { method, url, headers }: FileUpload,
  blob: Blob,
  signal: AbortSignal,
  onProgress: (sent: number) => void,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    const end = () => {
      signal.removeEventListener('abort', abort)
      if (request.status === 0) reject(new Error('no answer'))
      else resolve({ status: request.status, headers: retryHeaders(request), text: request.responseText })
    }
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded }) => onProgress(Math.min(loaded, blob.size))
    request.onloadend = end
    signal.addEventListener('abort', abort)
    if (signal.aborted) reject(new Error('aborted'))
    else request.send(blob)
  })
}

function retryHeaders(request: XMLHttpRequest): Headers {
  const retryAfter = request.getResponseHeader('retry-after')
  return new Headers(retryAfter === null ? {} : { 'retry-after': retryAfter })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
