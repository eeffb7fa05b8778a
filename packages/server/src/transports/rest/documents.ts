/** The resources `/openapi.json` and `/asyncapi.json`, which describe this server to programs. */
import type { FastifyReply } from 'fastify'
import { encodeJson, type JsonText } from '../../wire/json-text.ts'
import { asyncApiDocument } from '../contract/asyncapi.ts'
import { openApiDocument } from '../contract/openapi.ts'
import { json, ofServer, type Resource } from '../contract/operation.ts'
import { sendJson } from '../http/reply.ts'

function document(member: string, version: string): object {
  return {
    type: 'object',
    properties: { [member]: { type: 'string', pattern: version, description: 'The version of the format.' } },
    required: [member],
    additionalProperties: true,
  }
}

const openApiSchema = document('openapi', '^3\\.1\\.')
const asyncApiSchema = document('asyncapi', '^3\\.')

/** `all`: every resource of the server, these two included. `basePath`: what stands in front of their paths. */
export function documentResources(all: () => readonly Resource[], basePath: string): Resource[] {
  const openApi = once(() => encodeJson(openApiDocument(all(), basePath)))
  const asyncApi = once(() => encodeJson(asyncApiDocument()))
  return [
    {
      path: '/openapi.json',
      guardedAs: 'docs',
      schemas: { OpenApiDocument: openApiSchema },
      operations: {
        GET: ofServer('readOpenApi', 'This document.', json('OpenAPI 3.1.', openApiSchema), (_request, reply) =>
          sendDocument(reply, openApi()),
        ),
      },
    },
    {
      path: '/asyncapi.json',
      guardedAs: 'docs',
      schemas: { AsyncApiDocument: asyncApiSchema },
      operations: {
        GET: ofServer(
          'readAsyncApi',
          'What goes over a WebSocket, described.',
          json('AsyncAPI 3.', asyncApiSchema),
          (_request, reply) => sendDocument(reply, asyncApi()),
        ),
      },
    },
  ]
}

function sendDocument(reply: FastifyReply, text: JsonText): FastifyReply {
  return sendJson(reply.header('cache-control', 'no-cache'), 200, text)
}

function once(make: () => JsonText): () => JsonText {
  let made: JsonText | null = null
  return () => {
    made ??= make()
    return made
  }
}
