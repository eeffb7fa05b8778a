/** The documentation page: the OpenAPI document in Swagger UI. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Failure } from '../../../core/rules/failure.ts'
import { ofServer, type Resource } from '../../contract/operation.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { docsStyle } from './docs-style.ts'

/** Dark where the reader chose that in the app (its key in the storage), or else where their system is. */
const themeScript = `let chosen = null
try {
  chosen = localStorage.getItem('dovetail.theme')
} catch {}
const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
document.documentElement.classList.add(dark ? 'dark-mode' : 'light-mode')
`

const documents =
  '<a href="docs/errors">Error codes</a> <a href="openapi.json">openapi.json</a> <a href="asyncapi.json">asyncapi.json</a>'
const appLinks = '<a href="./">← Dovetail</a> <a href="docs/guide">Guide</a>'

function page(hasApp: boolean): string {
  return `<!doctype html>
<html lang="en" id="api">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dovetail API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/look.css">
<script src="docs/theme.js"></script>
</head>
<body>
<nav aria-label="Dovetail">${hasApp ? `${appLinks} ${documents}` : documents}</nav>
<main id="swagger-ui"></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`
}

const startScript = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null })
`

/** Reads the files of the package at the first request, so that a server without one does not pay for them. */
const files: Readonly<Record<string, { readonly type: string; readonly load: () => Promise<Buffer | string> }>> = {
  'start.js': { type: 'text/javascript; charset=utf-8', load: async () => startScript },
  'look.css': { type: 'text/css; charset=utf-8', load: async () => docsStyle },
  'theme.js': { type: 'text/javascript; charset=utf-8', load: async () => themeScript },
  'swagger-ui-bundle.js': { type: 'text/javascript; charset=utf-8', load: () => ofSwaggerUi('swagger-ui-bundle.js') },
  'swagger-ui.css': { type: 'text/css; charset=utf-8', load: () => ofSwaggerUi('swagger-ui.css') },
}

/** The published package carries the files (scripts/release/packages.mjs); a checkout has the package that they are from. */
function ofSwaggerUi(name: string): Promise<Buffer> {
  const own = fileURLToPath(new URL('../../../../swagger-ui', import.meta.url))
  if (existsSync(own)) return readFile(join(own, name))
  const root = dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json'))
  return readFile(join(root, 'static', name))
}

/** @param hasApp whether the web app is served too */
export function docsPageResources(hasApp: boolean): Resource[] {
  const html = { description: 'The documentation page.', content: { 'text/html': { type: 'string' } } }
  const file = {
    description: 'A file of the documentation page.',
    content: { 'text/css': { type: 'string' }, 'text/javascript': { type: 'string' } },
  }
  return [
    {
      path: '/docs',
      guardedAs: 'docs',
      operations: {
        GET: ofServer('readDocs', 'This document as a page to read and try.', html, (_request, reply) => {
          reply.header('content-security-policy', contentSecurityPolicy).header('cache-control', 'no-cache')
          return reply.header('content-type', 'text/html; charset=utf-8').send(page(hasApp))
        }),
      },
    },
    {
      path: '/docs/{file}',
      guardedAs: 'docs',
      operations: { GET: ofServer('readDocsFile', 'A file of that page.', file, sendFile, ['not_found']) },
    },
  ]
}

async function sendFile(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { file } = request.params as { file: string }
  const found = Object.hasOwn(files, file) ? files[file] : undefined
  if (found === undefined) throw new Failure('not_found', 'There is nothing at this address.')
  reply.header('content-type', found.type).header('cache-control', 'public, max-age=3600')
  return reply.send(await found.load())
}
