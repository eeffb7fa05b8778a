/** Request bodies: JSON, UTF-8, of a known type, not nested too deep. */
import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Failure } from '../../core/failure.ts'
import { jsonDepth } from '../../core/json.ts'

class Body {
  readonly value: unknown
  readonly text: string
  constructor(text: string, value: unknown) {
    this.text = text
    this.value = value
  }
}

/** `__proto__` is a key like any other: `JSON.parse` makes it an own property, and nothing here assigns by key. */
export function registerBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, bytes, done) => {
      const unsupported = whyUnsupported(request)
      if (unsupported !== null) return done(unsupported)
      const buffer = bytes as Buffer
      if (buffer.length === 0) return done(null, undefined)
      if (!isUtf8(buffer)) return done(new Failure('invalid_json', 'The body is not UTF-8.'))
      const text = buffer.toString('utf8')
      try {
        done(null, new Body(text, JSON.parse(text)))
      } catch {
        done(new Failure('invalid_json', 'The body is not JSON.'))
      }
    },
  )
}

/** JSON is UTF-8 (RFC 8259, 8.1) and is taken as it is; a merge patch is the body of a PATCH alone. */
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
  if (method !== 'PATCH' && /^application\/merge-patch\+json/i.test(type))
    return new Failure('unsupported_type', 'A merge patch is the body of a PATCH; this body must be application/json.')
  return null
}

/** The parsed body. `wrapping`: how many levels stand around the data whose depth is limited. */
export function bodyOf(request: FastifyRequest, maxDepth: number, wrapping = 0): unknown {
  if (!(request.body instanceof Body)) throw new Failure('invalid_json', 'The body is missing; JSON is needed.')
  if (jsonDepth(request.body.text) > maxDepth + wrapping)
    throw new Failure('too_deep', `The JSON is nested deeper than ${maxDepth}.`)
  return request.body.value
}

/** As `bodyOf`, where a missing body is an empty object. */
export function optionalBodyOf(request: FastifyRequest, maxDepth: number): unknown {
  return request.body === undefined || request.body === null ? {} : bodyOf(request, maxDepth)
}
