/** Serves the web app: its built files, and `index.html` for every page of it and for unknown paths in a browser. */
import { realpathSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import send, { type SendOptions } from '@fastify/send'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Failure } from '../../../core/rules/failure.ts'
import { contentSecurityPolicyWith } from './content-security-policy.ts'
import { pagePaths } from './page-paths.ts'

/** Paths under those of the server itself are never pages: programs request them, even misspelt ones. */
const ofServer = /^\/(v1|healthz|readyz|metrics|docs|openapi\.json|asyncapi\.json)(\/|$)/i
const indexFile = '/index.html'

interface WebApp {
  /** The folder of the built app. */
  readonly root: string
  /** What its pages may load and where they may go. */
  readonly policy: string
}

/**
 * @param webRoot the folder of the built web app; null: there is none. Files that it gets later are not served.
 * @param filesOrigin where pages go for files, such as `https://files.example.com`; null: nowhere but here.
 */
export async function registerWebApp(
  app: FastifyInstance,
  webRoot: string | null,
  filesOrigin: string | null,
): Promise<void> {
  if (webRoot === null) {
    app.setNotFoundHandler(() => {
      throw nothingHere()
    })
    return
  }
  const web: WebApp = { root: webRoot, policy: contentSecurityPolicyWith(filesOrigin) }
  // A route for each file, so that no path of a request ever becomes a path of the disk.
  for (const path of await filePaths(webRoot)) {
    app.get(encodeURI(path), (request, reply) => sendFile(request, reply, web, path))
  }
  const { patterns, isPage } = await pagePaths(webRoot)
  // Without routes of their own, pages under `/docs/` would meet the API's route for the files there.
  for (const pattern of patterns) app.get(pattern, (_request, reply) => reply.callNotFound())
  app.setNotFoundHandler(async (request, reply) => {
    const { method, url, headers } = request
    const path = url.split('?', 1)[0] ?? ''
    const reads = method === 'GET' || method === 'HEAD'
    if (reads && isPage(path)) return sendPage(request, reply, web, path)
    const forPeople = reads && /\btext\/html\b/.test(headers.accept ?? '') && !ofServer.test(path)
    if (!forPeople) throw nothingHere()
    // The app shows that there is no such page. Without an entity tag, because a 304 would leave the window empty.
    const options = { etag: false, lastModified: false, acceptRanges: false }
    return sendPage(request, reply.code(404), web, path, options)
  })
}

/**
 * Sends the app's page. Its files are relative to its beginning, since a proxy may have it under a path: `<base>` leads
 * there from the address of this page.
 */
async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  web: WebApp,
  path: string,
  options: SendOptions = {},
): Promise<FastifyReply> {
  const depth = path.split('/').length - 2
  // As it stands, the file says that the app begins where it is.
  if (depth === 0) return sendFile(request, reply, web, indexFile, options)
  const html = await readFile(join(web.root, indexFile), 'utf8')
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', web.policy)
    .send(html.replace('<base href="./" />', `<base href="${'../'.repeat(depth)}" />`))
}

/** The paths of the folder's files, such as `/assets/app.js`, without those whose name begins with a dot. */
async function filePaths(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => `/${relative(root, join(parentPath, name)).split(sep).join('/')}`)
    .filter((path) => !path.includes('/.'))
}

/** A reply that has a status already keeps it. */
async function sendFile(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  web: WebApp,
  path: string,
  options: SendOptions = {},
): Promise<FastifyReply> {
  if (!staysWithin(web.root, path)) throw nothingHere()
  const file = await send(raw, encodeURI(path), {
    root: web.root,
    index: false,
    dotfiles: 'deny',
    cacheControl: false,
    ...options,
  })
  if (file.type !== 'file') throw nothingHere()
  const isHashed = path.startsWith('/assets/')
  if (reply.statusCode === 200) reply.code(file.statusCode)
  reply.headers(file.headers).header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (path.endsWith('.html')) reply.header('content-security-policy', web.policy)
  return reply.send(file.stream)
}

export function nothingHere(): Failure {
  return new Failure('not_found', 'There is nothing at this address.')
}

/** Whether the path, with its symbolic links followed, is inside the folder. */
function staysWithin(root: string, path: string): boolean {
  try {
    const folder = realpathSync(root)
    const target = realpathSync(join(root, path))
    return target === folder || target.startsWith(folder + sep)
  } catch {
    return true // The file does not exist: the reply is 404.
  }
}
