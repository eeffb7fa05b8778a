/** What describes this server to programs, `/openapi.json` and `/asyncapi.json`, and to people, `/docs`. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { asyncApiDocument } from '../../api/asyncapi.ts'
import { openApiDocument } from '../../api/openapi.ts'
import { Failure } from '../../core/failure.ts'
import type { Door } from '../door.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { sendJson } from './reply.ts'
import { resource } from './resource.ts'

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dovetail API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`

const startScript = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null })
`

/** Read from the package when somebody asks: a server that nobody asks pays nothing. */
const files: Readonly<Record<string, { readonly type: string; readonly load: () => Promise<Buffer | string> }>> = {
  'start.js': { type: 'text/javascript; charset=utf-8', load: async () => startScript },
  'swagger-ui-bundle.js': { type: 'text/javascript; charset=utf-8', load: () => ofSwaggerUi('swagger-ui-bundle.js') },
  'swagger-ui.css': { type: 'text/css; charset=utf-8', load: () => ofSwaggerUi('swagger-ui.css') },
}

function ofSwaggerUi(name: string): Promise<Buffer> {
  const root = dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json'))
  return readFile(join(root, 'static', name))
}

export function registerDocuments(app: FastifyInstance, door: Door): void {
  const openApi = once(() => JSON.stringify(openApiDocument(door.core.limits)))
  const asyncApi = once(() => JSON.stringify(asyncApiDocument()))
  resource(app, '/openapi.json', {
    GET: (_request, reply) => sendJson(reply.header('cache-control', 'no-cache'), 200, openApi()),
  })
  resource(app, '/asyncapi.json', {
    GET: (_request, reply) => sendJson(reply.header('cache-control', 'no-cache'), 200, asyncApi()),
  })
  resource(app, '/docs', {
    GET: (_request, reply) => {
      reply.header('content-security-policy', contentSecurityPolicy).header('cache-control', 'no-cache')
      return reply.header('content-type', 'text/html; charset=utf-8').send(page)
    },
  })
  resource(app, '/docs/:file', { GET: sendFile })
}

function once(make: () => string): () => string {
  let made: string | null = null
  return () => {
    made ??= make()
    return made
  }
}

async function sendFile(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { file } = request.params as { file: string }
  const found = Object.hasOwn(files, file) ? files[file] : undefined
  if (found === undefined) throw new Failure('not_found', 'There is nothing at this address.')
  reply.header('content-type', found.type).header('cache-control', 'public, max-age=3600')
  return reply.send(await found.load())
}
