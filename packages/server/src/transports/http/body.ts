/** Parses request bodies: JSON in UTF-8, with a supported content type and a bounded depth. */
import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Failure } from '../../core/rules/failure.ts'
import { cutDeeper } from '../../core/rules/json.ts'

const utf8 = new TextDecoder()

/** The most levels around the data in a body: those of a batch. */
const mostWrapping = 3

class Body {
  readonly value: unknown
  readonly depth: number
  /** Whether it was sent as a JSON patch, which only some resources take. */
  readonly isOperations: boolean
  constructor(depth: number, value: unknown, isOperations: boolean) {
    this.depth = depth
    this.value = value
    this.isOperations = isOperations
  }
}

const operationsType = 'application/json-patch+json'

/** A body from which on parsing takes a millisecond or so. */
const largeBytes = 65_536

/** When a body of this request is parsed that takes time; `null`: at once. */
export type TurnOf = (request: FastifyRequest) => Promise<void> | null

/** `__proto__` is an ordinary key: `JSON.parse` makes it an own property, and no code here assigns by key. */
export function registerBodies(app: FastifyInstance, maxDepth: number, turnOf: TurnOf): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json', operationsType],
    { parseAs: 'buffer' },
    (request, bytes, done) => {
      const unsupported = whyUnsupported(request)
      if (unsupported !== null) return done(unsupported)
      const buffer = bytes as Buffer
      if (buffer.length === 0) return done(null, undefined)
      const parse = (): void => {
        const body = parsed(buffer, maxDepth + mostWrapping, isOperations(request))
        if (body instanceof Failure) done(body)
        else done(null, body)
      }
      const turn = buffer.length < largeBytes ? null : turnOf(request)
      if (turn === null) parse()
      else void turn.then(parse)
    },
  )
}

function parsed(buffer: Buffer, maxDepth: number, sentAsOperations: boolean): Body | Failure {
  if (!isUtf8(buffer)) return new Failure('invalid_json', 'The body is not UTF-8.')
  // A byte order mark at the start is not part of the text (RFC 8259, section 8.1); the decoder removes one.
  const { text, depth } = cutDeeper(utf8.decode(buffer), maxDepth)
  try {
    return new Body(depth, JSON.parse(text), sentAsOperations)
  } catch {
    return new Failure('invalid_json', 'The body is not JSON.')
  }
}

/** Refuses charsets other than UTF-8 (RFC 8259, section 8.1), and a merge patch in any method but PATCH. */
function whyUnsupported({ method, headers }: FastifyRequest): Failure | null {
  const { 'content-encoding': encoding, 'content-type': type = '' } = headers
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return new Failure('unsupported_type', 'A body is sent as it is, not compressed.', {
      headers: { 'accept-encoding': 'identity' },
    })
  if (type === 'application/json') return null
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type)?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    return new Failure('unsupported_type', 'JSON is UTF-8; no other charset is read.')
  if (method !== 'PATCH' && isOperations({ headers })) return noOperations()
  if (method !== 'PATCH' && /^application\/merge-patch\+json/i.test(type))
    return new Failure('unsupported_type', 'A merge patch is the body of a PATCH; this body must be application/json.')
  return null
}

function isOperations({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['content-type']?.toLowerCase().startsWith(operationsType) === true
}

function noOperations(): Failure {
  return new Failure('unsupported_type', 'A JSON patch is the body of a PATCH of a record, and of nothing else.')
}

/** The body of a PATCH of a record, and whether it is a JSON patch. */
export function patchOf(request: FastifyRequest, maxDepth: number): { op: 'append' | 'patch'; data: unknown } {
  const { body } = request
  if (!(body instanceof Body) || !body.isOperations) return { op: 'patch', data: bodyOf(request, maxDepth) }
  return { op: 'append', data: checkedDepth(body, maxDepth) }
}

/** The parsed body. `wrapping`: the number of levels around the data whose depth is limited. */
export function bodyOf(request: FastifyRequest, maxDepth: number, wrapping = 0): unknown {
  if (!(request.body instanceof Body)) throw new Failure('invalid_json', 'The body is missing; JSON is needed.')
  if (request.body.isOperations) throw noOperations()
  return checkedDepth(request.body, maxDepth, wrapping)
}

function checkedDepth({ value, depth }: Body, maxDepth: number, wrapping = 0): unknown {
  if (depth > maxDepth + wrapping) throw new Failure('too_deep', `The JSON is nested deeper than ${maxDepth}.`)
  return value
}

/** As `bodyOf`, but a missing body is an empty object. */
export function optionalBodyOf(request: FastifyRequest, maxDepth: number): unknown {
  return request.body === undefined || request.body === null ? {} : bodyOf(request, maxDepth)
}
