import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChangesReply, LiveRecord, Page } from 'dovetail-protocol'
import { decodeJwt } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRest } from '../support/clients/rest.ts'
import { emptyView, foldAll } from '../support/fold.ts'
import { at, freshChannel } from '../support/paths.ts'
import { type Ended, runDovetail, spawnServer } from '../support/servers/spawn-server.ts'
import { testSecret } from '../support/servers/token-for.ts'
import { until } from '../support/until.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'dovetail-run-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

async function end(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const run = runDovetail(args, env)
  onTestFinished(() => {
    if (run.child.exitCode === null) run.child.kill('SIGKILL')
  })
  return until(`dovetail ${args.join(' ')} to end`, run.ended)
}

function expectOneLine({ code, stdout, stderr }: Ended): void {
  expect(code).toBeGreaterThan(0)
  expect(stdout).toBe('')
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).not.toMatch(/\n\s+at |Error:|node:internal/)
}

describe('starting', { timeout: 60_000 }, () => {
  test('[RUN1] a server prints one line on stdout, and logs on stderr', async () => {
    const { server, stdout } = await spawnServer()
    await (await server.rest('alice')).post(at('chat:a'), { text: 'a' })
    expect(stdout().trim().split('\n')).toHaveLength(1)
    expect(stdout()).toContain(`ready at http://127.0.0.1:${server.port}`)
  })

  test('[RUN2] REST and WebSocket share one port, on IPv4 and IPv6', async () => {
    const { server } = await spawnServer()
    for (const host of ['127.0.0.1', '::1', 'localhost']) {
      expect((await createRest({ port: server.port, host }).get('/healthz')).status).toBe(200)
      const socket = await server.open({ host: host === '::1' ? '[::1]' : host })
      expect((await socket.hello()).user).toBeNull()
    }
  })

  test('[RUN3, RUN5] a secret is made in --data, readable by its owner only, and kept', async () => {
    const data = await folder()
    const { server, kill, restart } = await spawnServer({ data, env: { DOVETAIL_SECRET: '' } })
    const token = (await end(['token', '--user', 'alice', '--data', data])).stdout.trim()
    const names = await import('node:fs/promises').then(({ readdir }) => readdir(data))
    const secret = names.find((name) => name.includes('secret'))
    expect(secret).toBeDefined()
    expect((await stat(join(data, String(secret)))).mode & 0o777).toBe(0o600)
    expect(names.some((name) => name.endsWith('.db'))).toBe(true)
    expect((await (await server.rest()).as(token).get<{ user: string }>('/v1/me')).body.user).toBe('alice')
    await kill('SIGTERM')
    const again = await restart()
    expect((await (await again.server.rest()).as(token).get<{ user: string }>('/v1/me')).body.user).toBe('alice')
  })

  test.each([
    ['a store of an unknown kind', ['--store', 'nonsense:x']],
    ['a database that can not be reached', ['--store', 'postgres://127.0.0.1:1/x']],
    ['a backbone beside a store of one process', ['--backbone', 'kafka://127.0.0.1:1/x']],
  ])('[RUN4, RUN12] %s ends the process with one line', async (_what, args) => {
    expectOneLine(
      await end(['serve', '--port', '0', '--data', await folder(), ...args], { DOVETAIL_SECRET: testSecret }),
    )
  })

  test('[RUN4] --store memory: keeps nothing', async () => {
    const spawned = await spawnServer({ args: ['--store', 'memory:'] })
    const channel = freshChannel()
    const made = await (await spawned.server.rest('alice')).post(at(channel), { text: 'a' })
    await spawned.kill()
    const { server } = await spawned.restart()
    const alice = await server.rest('alice')
    expect((await alice.get<Page>(at(channel))).body.records).toEqual([])
    const stale = await alice.get<{ reason: string }>(
      `/v1/channels/${channel}/changes?after=${made.headers['dovetail-at']}`,
    )
    expect([stale.status, stale.body.reason]).toEqual([410, 'epoch'])
  })

  test.each([
    ['an unknown option', ['--nonsense']],
    ['a port number that is too large', ['--port', '99999']],
    ['a port that is text', ['--port', 'x']],
    ['an unknown limit', ['--limit', 'nonsense=1']],
    ['a limit out of its range', ['--limit', 'pingSeconds=3000000']],
    ['a limit without a value', ['--limit', 'depth']],
    ['an invalid retention', ['--retain', 'long']],
    ['an invalid origin', ['--origins', 'not an origin']],
    ['a configuration file that does not exist', ['--config', '/nonexistent/dovetail.config.js']],
    ['a secret file that does not exist', ['--secret', '/nonexistent/secret']],
  ])('[RUN8] %s ends the process with one line', async (_what, args) => {
    expectOneLine(await end(['serve', '--port', '0', '--data', await folder(), ...args]))
  })

  test('[RUN8, RUN5] a short secret, an unknown command and a bad variable end the process with one line', async () => {
    expectOneLine(await end(['serve', '--port', '0', '--data', await folder()], { DOVETAIL_SECRET: 'short' }))
    expectOneLine(await end(['nonsense']))
    expectOneLine(await end(['serve', '--data', await folder()], { DOVETAIL_PORT: 'x' }))
    expectOneLine(await end(['serve', '--data', await folder()], { DOVETAIL_LIMITS: 'depth' }))
  })

  test('[RUN8] an unknown key of the configuration file ends the process with one line', async () => {
    const data = await folder()
    const config = join(data, 'dovetail.config.json')
    await writeFile(config, JSON.stringify({ channels: {}, nonsense: 1 }))
    const ended = await end(['serve', '--port', '0', '--data', data, '--config', config])
    expectOneLine(ended)
    expect(ended.stderr).toContain('nonsense')
  })

  test('[RUN8] a port in use, and a database that another process serves, end the process with one line', async () => {
    const first = await spawnServer()
    expectOneLine(await end(['serve', '--port', String(first.server.port), '--data', await folder()]))
    expectOneLine(await end(['serve', '--port', '0', '--data', first.data], { DOVETAIL_SECRET: testSecret }))
    expect((await (await first.server.rest()).get('/healthz')).status).toBe(200)
    await first.kill('SIGKILL')
    const { server } = await first.restart()
    expect((await (await server.rest()).get('/healthz')).status).toBe(200)
  })

  test('[RUN6, RUN7, LIM1] a flag wins over a variable', async () => {
    const { server } = await spawnServer({
      args: ['--limit', 'depth=10', '--limit', 'guests=5'],
      env: { DOVETAIL_LIMITS: 'depth=20,commands=300' },
    })
    const limits = (await (await server.rest()).get<Record<string, number>>('/v1/limits')).body
    expect([limits.depth, limits.guests]).toEqual([10, 5])
  })

  test('[RUN6, RUN7] a variable wins over the configuration file, which wins over the default', async () => {
    const data = await folder()
    const config = join(data, 'own.config.json')
    await writeFile(
      config,
      JSON.stringify({ channels: { chat: { collections: {} } }, limits: { depth: 30, guests: 7 } }),
    )
    const { server } = await spawnServer({ args: ['--config', config], env: { DOVETAIL_LIMITS: 'depth=20' } })
    const limits = (await (await server.rest()).get<Record<string, number>>('/v1/limits')).body
    expect([limits.depth, limits.guests, limits.commands]).toEqual([20, 7, 200])
  })

  test('[RUN10] dovetail token prints a token and nothing else', async () => {
    const args = [
      'token',
      '--user',
      'carl',
      '--name',
      'Carl',
      '--role',
      'service',
      '--grant',
      'chat:*=read,write',
      '--ttl',
      '1h',
    ]
    const { code, stdout } = await end(args, { DOVETAIL_SECRET: testSecret })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const claims = decodeJwt(stdout.trim())
    expect(claims).toMatchObject({ sub: 'carl', name: 'Carl', role: 'service' })
    expect(claims.grants).toEqual([{ channel: 'chat:*', can: ['read', 'write'] }])
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3600)
    const { server } = await spawnServer()
    expect((await (await server.rest()).as(stdout.trim()).get<{ user: string }>('/v1/me')).body.user).toBe('carl')
  })

  test.each([
    ['no user', ['token']],
    ['an invalid user name', ['token', '--user', 'a b']],
    ['an unknown role', ['token', '--user', 'a', '--role', 'king']],
    ['an invalid lifetime', ['token', '--user', 'a', '--ttl', 'soon']],
    ['a grant without rights', ['token', '--user', 'a', '--grant', 'chat:*']],
    ['an unknown right', ['token', '--user', 'a', '--grant', 'chat:*=own']],
  ])('[RUN10, RUN8] %s ends the process with one line', async (_what, args) => {
    expectOneLine(await end(args, { DOVETAIL_SECRET: testSecret }))
  })
})

describe('ending and going on', { timeout: 60_000 }, () => {
  test('[PRM6, PRM8] acknowledged writes survive kill -9, and cursors stay valid', async () => {
    const spawned = await spawnServer()
    const channel = freshChannel()
    const alice = await spawned.server.rest('alice')
    const page = (await alice.get<Page>(at(channel))).body
    const acknowledged: LiveRecord[] = []
    const writing = (async () => {
      for (let n = 0; n < 10_000; n++) {
        const answer = await alice.post<LiveRecord>(at(channel), { text: `${n}` }).catch(() => undefined)
        if (answer === undefined) return
        acknowledged.push(answer.body)
        if (n === 150) void spawned.kill('SIGKILL')
      }
    })()
    await writing
    await spawned.ended
    expect(acknowledged.length).toBeGreaterThan(100)
    const again = await spawned.restart()
    const reader = await again.server.connect()
    const subscribed = await reader.subscribe(channel, { after: String(page.cursor) })
    expect(subscribed.resume).toBe('catching_up')
    const frames = await reader.reached(channel, acknowledged.length)
    const view = foldAll(emptyView(), frames)
    for (const record of acknowledged) expect(view.records.get(`messages/${record.id}`)).toEqual(record)
    expect(view.records.size - acknowledged.length).toBeLessThanOrEqual(1)
    const middle = await (await again.server.rest('alice')).get<ChangesReply>(
      `/v1/channels/${channel}/changes?after=${frames[0]?.epoch}.100&limit=1000`,
    )
    expect([middle.status, middle.body.from]).toEqual([200, 100])
  })

  test('[IDM7, PRM7] a write whose reply was lost to kill -9 is made once by its retry', async () => {
    let spawned = await spawnServer()
    const channel = freshChannel()
    for (let round = 0; round < 4; round++) {
      const alice = await spawned.server.rest('alice')
      const keyed = (n: number) => ({ 'idempotency-key': `r${round}-${n}` })
      const sent = Array.from({ length: 20 }, (_, n) =>
        alice.post<LiveRecord>(at(channel), { text: `${round} ${n}` }, keyed(n)).catch(() => undefined),
      )
      if (round > 0) await sent[round * 5]
      await spawned.kill('SIGKILL')
      const first = await Promise.all(sent)
      spawned = await spawned.restart()
      const retrying = await spawned.server.rest('alice')
      for (let n = 0; n < 20; n++) {
        const retried = await retrying.post<LiveRecord>(at(channel), { text: `${round} ${n}` }, keyed(n))
        expect([200, 201]).toContain(retried.status)
        if (first[n] !== undefined) expect(retried.body).toEqual(first[n]?.body)
      }
    }
    const rest = await spawned.server.rest('alice')
    const page = (await rest.get<Page<{ text: string }>>(`${at(channel)}?limit=500`)).body
    expect(new Set(page.records.map(({ data }) => data.text)).size).toBe(80)
    expect(page.records.map(({ pos }) => pos)).toEqual(Array.from({ length: 80 }, (_, n) => n + 1))
  })
})
