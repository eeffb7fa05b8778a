/** The web app: built files, its first page for every path that is a page of it, and for people who went astray. */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { Failure } from '../../core/failure.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { pagePaths } from './page-paths.ts'

/** What is this server's own is no page, however it is misspelt: a program asked for it. */
const ofServer = /^\/(v1|healthz|readyz|metrics|docs|openapi\.json|asyncapi\.json)(\/|$)/i

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
  const isPage = webRoot === null ? () => false : await pagePaths(webRoot)
  app.setNotFoundHandler(async ({ method, url, headers }, reply) => {
    const path = url.split('?', 1)[0] ?? ''
    const reads = method === 'GET' || method === 'HEAD'
    if (reads && isPage(path)) return reply.sendFile('index.html')
    const forPeople = webRoot !== null && reads && /\btext\/html\b/.test(headers.accept ?? '') && !ofServer.test(path)
    if (!forPeople) throw new Failure('not_found', 'There is nothing at this address.')
    // The app says in its frame that there is no such page. Nothing to compare with: a 304 would leave the window empty.
    return reply.code(404).sendFile('index.html', { etag: false, lastModified: false, acceptRanges: false })
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
