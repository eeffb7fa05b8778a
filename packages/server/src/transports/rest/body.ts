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
    (_request, bytes, done) => {
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
