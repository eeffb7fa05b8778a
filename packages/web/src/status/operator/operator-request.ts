import type { Problem } from 'dovetail-protocol'
import { serverPath } from '../../session/app-base.ts'

/** What the server refused, and why. */
export class Refused extends Error {
  readonly status: number
  /** The error code, such as `forbidden`. */
  readonly code: string

  constructor(status: number, { code, detail, title }: Partial<Problem>) {
    super(detail ?? title ?? `The server answered ${status}.`)
    this.status = status
    this.code = code ?? ''
  }
}

export type OperatorRequest = <Body>(method: string, path: string, options?: RequestOptions) => Promise<Body>

export interface RequestOptions {
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** Requests with the operator's token. Reject with `Refused`, or with a network error. */
export function operatorRequests(token: string): OperatorRequest {
  return async <Body>(method: string, path: string, { body, signal }: RequestOptions = {}) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const reply = await fetch(serverPath(path), {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    const text = await reply.text()
    const found: unknown = text === '' ? null : parsed(text)
    if (!reply.ok) throw new Refused(reply.status, (found ?? {}) as Partial<Problem>)
    return found as Body
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Why something failed, for people. */
export function reasonOf(error: unknown): string {
  return error instanceof Refused ? error.message : 'The server does not answer.'
}
