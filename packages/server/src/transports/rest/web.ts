/** The web app: built files, and its first page for every path that is a page of it. */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { Failure } from '../../core/failure.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'

export async function registerWeb(app: FastifyInstance, webRoot: string | null): Promise<void> {
  if (webRoot !== null) {
    await app.register(fastifyStatic, {
      root: webRoot,
      wildcard: false,
      index: ['index.html'],
      dotfiles: 'deny',
      allowedPath: (path) => staysWithin(webRoot, path),
      setHeaders: (response, path) => {
        const isHashed = /[/\\]assets[/\\]/.test(path)
        response.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        if (path.endsWith('.html')) response.header('content-security-policy', contentSecurityPolicy)
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const isPage = webRoot !== null && (request.method === 'GET' || request.method === 'HEAD') && isAppPath(request.url)
    if (!isPage) throw new Failure('not_found', 'There is nothing at this address.')
    return reply.sendFile('index.html')
  })
}

/** A link that leads out of the folder is nobody's page. */
function staysWithin(root: string, path: string): boolean {
  try {
    return realpathSync(join(root, path)).startsWith(realpathSync(root))
  } catch {
    return true // Not there: answered as what is not there.
  }
}

/** What is this server's own is no page, however it is misspelt: a probe of `/Healthz` must not pass. */
const ofServer = /^\/(v1|healthz|readyz|metrics|docs|openapi\.json|asyncapi\.json)(\/|$)/i

function isAppPath(url: string): boolean {
  const path = url.split('?', 1)[0] ?? ''
  return /^(\/|(\/[A-Za-z0-9_.:~@%-]+){1,4})$/.test(path) && !ofServer.test(path) && !/\.[a-z0-9]{1,5}$/i.test(path)
}
