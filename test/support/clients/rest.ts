import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { until } from '../until.ts'

export type Headers = Record<string, string | string[]>

export interface Answer<Body = unknown> {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The parsed body; `undefined` where there is none or it is no JSON. */
  readonly body: Body
  /** The `code` of a problem document. */
  readonly code: string | undefined
}

export interface Rest {
  get<Body = unknown>(path: string, headers?: Headers): Promise<Answer<Body>>
  post<Body = unknown>(path: string, data: unknown, headers?: Headers): Promise<Answer<Body>>
  put<Body = unknown>(path: string, data: unknown, headers?: Headers): Promise<Answer<Body>>
  patch<Body = unknown>(path: string, data: unknown, headers?: Headers): Promise<Answer<Body>>
  delete<Body = unknown>(path: string, headers?: Headers): Promise<Answer<Body>>
  /** Any method, any headers, and a body as it stands: nothing is added but the token. */
  send<Body = unknown>(method: string, path: string, headers?: Headers, body?: string | Buffer): Promise<Answer<Body>>
  /** The same requests as somebody else; without a token, as nobody. */
  as(token?: string): Rest
  /** Ends the kept connections. */
  close(): void
}

export interface RestOptions {
  readonly port: number
  readonly host?: string
  readonly token?: string
}

/** REST over Node's own client, which sends paths and headers as they stand; `fetch` would normalise them. */
export function createRest(options: RestOptions, agent: Agent = new Agent({ keepAlive: true })): Rest {
  const authorization: Headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  const send = <Body>(method: string, path: string, headers: Headers = {}, body?: string | Buffer) =>
    until(
      `${method} ${path.slice(0, 100)}`,
      exchange<Body>({ ...options, agent, method, path, headers: { ...authorization, ...headers }, body }),
    )
  const json = (headers: Headers = {}): Headers => ({ 'content-type': 'application/json', ...headers })
  return {
    send,
    get: (path, headers) => send('GET', path, headers),
    post: (path, data, headers) => send('POST', path, json(headers), JSON.stringify(data)),
    put: (path, data, headers) => send('PUT', path, json(headers), JSON.stringify(data)),
    patch: (path, data, headers) => send('PATCH', path, json(headers), JSON.stringify(data)),
    delete: (path, headers) => send('DELETE', path, headers),
    as: (token) =>
      createRest(
        { port: options.port, host: options.host ?? '127.0.0.1', ...(token === undefined ? {} : { token }) },
        agent,
      ),
    close: () => agent.destroy(),
  }
}

interface Exchange extends RestOptions {
  readonly agent: Agent
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: string | Buffer | undefined
}

function exchange<Body>(call: Exchange): Promise<Answer<Body>> {
  return new Promise((resolve, reject) => {
    const length: Headers = call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }
    const outgoing = httpRequest(
      {
        host: call.host ?? '127.0.0.1',
        port: call.port,
        agent: call.agent,
        method: call.method,
        path: call.path,
        headers: { ...length, ...call.headers },
      },
      (incoming) => readAnswer<Body>(incoming).then(resolve, reject),
    )
    outgoing.on('error', reject)
    outgoing.end(call.body)
  })
}

async function readAnswer<Body>(incoming: IncomingMessage): Promise<Answer<Body>> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const body: unknown = parsed(text)
  const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, body: body as Body, code }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
