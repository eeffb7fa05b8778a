import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openLine } from '../../support/clients/raw-socket.ts'
import { serving } from '../../support/servers/serving.ts'

const folder = mkdtempSync(join(tmpdir(), 'dovetail-web-'))
const webRoot = join(folder, 'web')
mkdirSync(join(webRoot, 'assets'), { recursive: true })
writeFileSync(join(folder, 'secret.txt'), 'CANARY outside')
writeFileSync(join(webRoot, 'index.html'), '<base href="./" /><title>first page</title>')
writeFileSync(join(webRoot, 'pages.json'), '["/", "/chat", "/chat/:channel", "/prices"]')
writeFileSync(join(webRoot, '.env'), 'CANARY dotfile')
writeFileSync(join(webRoot, 'assets', 'app.js'), 'export {}')
symlinkSync(join(folder, 'secret.txt'), join(webRoot, 'assets', 'linked.txt'))
mkdirSync(join(folder, 'web-private'))
writeFileSync(join(folder, 'web-private', 'secret.txt'), 'CANARY beside')
symlinkSync(join(folder, 'web-private', 'secret.txt'), join(webRoot, 'assets', 'beside.txt'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const readTransports = [
  '/assets/linked.txt',
  '/assets/beside.txt',
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e%2fsecret.txt',
  '/..%5csecret.txt',
  '/assets/..%5c..%5csecret.txt',
  '/..%252fsecret.txt',
  '/%252e%252e/secret.txt',
  '/..%c0%afsecret.txt',
  '/..%ef%bc%8fsecret.txt',
  '/secret.txt%00.html',
  '/assets/app.js%00',
  '/....//secret.txt',
  '//etc/passwd',
  '/etc/passwd',
  '/%2fetc%2fpasswd',
  '/.env',
  '/%2eenv',
  '/assets/../.env',
  '/docs/../secret.txt',
  '/docs/..%2f..%2fsecret.txt',
  '/docs/package.json',
  '/docs/__proto__',
  'file:///etc/passwd',
]

describe('files of the web app', () => {
  const server = serving({ webRoot })

  /** The whole answer to a path as it stands: a client's own library would tidy it up. */
  async function answerTo(path: string, ...headers: string[]): Promise<string> {
    const line = await openLine(server.port)
    line.write([`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n'))
    await line.ended
    return line.received().toString('utf8')
  }

  test.each(readTransports)('[ERR9] the path %s reaches no file outside the web root', async (path) => {
    const answer = await answerTo(path)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer).not.toMatch(/CANARY|root:|"dependencies"/)
  })

  test('[ERR9, S10] a symbolic link out of the web root, also to a folder whose name begins alike, is not followed', async () => {
    for (const path of ['/assets/linked.txt', '/assets/beside.txt'])
      expect(await answerTo(path)).not.toContain('CANARY')
  })

  test('[ERR9] files are served, and each page of the app answers with index.html', async () => {
    expect(await answerTo('/assets/app.js')).toContain('export {}')
    for (const path of ['/', '/chat', '/chat/chat:general', '/chat/chat%3Ageneral', '/prices?x=../..']) {
      expect(await answerTo(path)).toMatch(/^HTTP\/1\.1 200 [\s\S]*<title>first page<\/title>/)
    }
    for (const path of ['/v1/nowhere', '/V1/me', '/healthz/', '/Readyz', '/openapi.json/', '/chat//x', '/chat/']) {
      expect(await answerTo(path)).toMatch(/^HTTP\/1\.1 404 /)
    }
    expect(await answerTo('/assets/absent.js')).toMatch(/^HTTP\/1\.1 404 /)
  })

  test('[S8] no page loads an image of another host', async () => {
    for (const path of ['/', '/chat', '/docs']) {
      const policy = /^content-security-policy: (.*)$/im.exec(await answerTo(path))?.[1] ?? ''
      expect(policy.split(/; ?/), path).toContain("img-src 'self' data:")
    }
  })

  test('[N37] each page says where the app begins, as seen from its own address', async () => {
    const bases = { '/': './', '/chat': './', '/chat/chat:general': '../', '/prices': './' }
    for (const [path, base] of Object.entries(bases))
      expect([path, /<base href="([^"]*)"/.exec(await answerTo(path))?.[1]]).toEqual([path, base])
    expect(await answerTo('/a/b/c', html)).toContain('<base href="../../" />')
  })

  const html = 'Accept: text/html,application/xhtml+xml,*/*;q=0.8'

  test.each(['/nope', '/chat/chat:general/more', '/prices/x', '/chat//', '/nope?then=/chat'])(
    '[ERR9] %s is no page: 404, as a problem document for programs and as the app’s page for browsers',
    async (path) => {
      const forPrograms = await answerTo(path)
      expect(forPrograms).toMatch(/^HTTP\/1\.1 404 [\s\S]*application\/problem\+json[\s\S]*"not_found"/)
      const forPeople = await answerTo(path, html)
      expect(forPeople).toMatch(/^HTTP\/1\.1 404 [\s\S]*text\/html[\s\S]*<title>first page<\/title>/)
      expect(forPeople).toMatch(/\r\ncache-control: no-cache\r\n/i)
    },
  )

  test('[ERR9] a 404 page is sent whole, also to a browser that has index.html cached', async () => {
    const etag = /\r\netag: (\S+)\r\n/i.exec(await answerTo('/'))?.[1]
    expect(etag).toBeDefined()
    const answer = await answerTo('/nope', html, `If-None-Match: ${etag}`)
    expect(answer).toMatch(/^HTTP\/1\.1 404 [\s\S]*<title>first page<\/title>/)
  })

  test('[ERR9] an unknown API path is a problem document, also for browsers', async () => {
    for (const path of ['/v1/nowhere', '/V1/me', '/Healthz', '/metrics/more']) {
      expect(await answerTo(path, html)).toMatch(/^HTTP\/1\.1 404 [\s\S]*application\/problem\+json/)
    }
    const post = await fetch(`${server.url}/nope`, { method: 'POST', headers: { accept: 'text/html' } })
    expect([post.status, post.headers.get('content-type')]).toEqual([404, expect.stringContaining('problem+json')])
  })
})
