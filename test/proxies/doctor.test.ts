/** `dovetail doctor` finds what nginx spoils, each fault planted in the configuration of docs/proxies.md. */
import { type DoctorResult, type Fault, runDoctor } from 'dovetail-lab/doctor'
import { freePort } from 'dovetail-lab/services'
import { describe, expect, test } from 'vitest'
import { runHere } from '../cli/run-here.ts'
import { serving } from '../support/servers/serving.ts'
import { documented } from './configurations.ts'
import { startNginx } from './running-nginx.ts'

const testMs = 60_000

/** Starts nginx by the file of docs/proxies.md with a change, and resolves with its address. */
async function behindNginx(server: number, plant: (file: string) => string): Promise<string> {
  const listen = await freePort()
  const [file = ''] = await documented('nginx', { listen, server })
  const planted = plant(file)
  await startNginx(planted, listen)
  return `http://127.0.0.1:${listen}`
}

function bodyOf(file: string): string {
  return /location \/ \{([\s\S]*?)\n {2}\}/.exec(file)?.[1] ?? ''
}

/** The file with one more location, of these paths. */
function withLocation(file: string, paths: string, body: string): string {
  return file.replace('location / {', `location ~ ${paths} {${body}\n}\nlocation / {`)
}

/** Adds lines to the location; with `only`, to one more location of these paths, which has all that the first one has. */
function within(lines: string, only?: string): (file: string) => string {
  return (file) => {
    const body = bodyOf(file)
    if (only === undefined) return file.replace(body, `${body}\n${lines}`)
    return withLocation(file, only, `${body}\n${lines}`)
  }
}

function faultsOf({ findings, unknown }: DoctorResult): Fault[] {
  expect(unknown).toEqual([])
  return findings.map(({ fault }) => fault)
}

describe('the doctor, of a server whose pings and comments come often', () => {
  const server = serving({ limits: { pingSeconds: 1, commentSeconds: 0.5 }, trustProxy: 1 })

  test.each<[what: string, plant: (file: string) => string, found: Fault[]]>([
    ['by the page', (file) => file, []],
    [
      'without the headers of an upgrade',
      (file) => file.replace(/.*(Upgrade|Connection) .*;\n/g, ''),
      ['upgrade-refused'],
    ],
    [
      'that holds streams back',
      // What nginx asks for by HTTP/1.0 comes without a length, and is held until a buffer is full.
      (file) => {
        const of10 = bodyOf(file).replace('proxy_http_version 1.1;', 'proxy_http_version 1.0;')
        return withLocation(file, '/changes', `${of10}\nproxy_ignore_headers X-Accel-Buffering;`)
      },
      ['stream-buffered'],
    ],
    [
      'that compresses streams',
      within('gzip on; gzip_proxied any; gzip_min_length 0; gzip_types text/event-stream;'),
      ['stream-compressed'],
    ],
    [
      'that keeps what may not be kept',
      (file) =>
        `proxy_cache_path CACHE keys_zone=all:1m;\n${within(
          'proxy_cache all; proxy_cache_valid 200 60s; proxy_ignore_headers Cache-Control;',
          '/messages',
        )(file)}`,
      ['cached'],
    ],
  ])('finds in nginx %s just that', { timeout: testMs }, async (_what, plant, found) => {
    const url = await behindNginx(server.port, plant)
    const result = await runDoctor({ url, watchSeconds: 3 })
    expect(faultsOf(result), JSON.stringify(result.findings)).toEqual(found)
    expect(result.proxy).toBe('nginx')
  })

  test('the command tells the fault, the line that mends it, and fails', { timeout: testMs }, async () => {
    const url = await behindNginx(server.port, (file) => file.replace(/.*(Upgrade|Connection) .*;\n/g, ''))
    const { exitCode, stdout } = await runHere(['doctor', url, '--seconds', '2'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^✗ WebSockets do not get through: the upgrade of \/v1\/ws was answered with status 426/)
    expect(stdout).toContain('nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;')
    expect(stdout).not.toContain('HAProxy')
  })

  test('the command says that nothing was found where no proxy stands', { timeout: testMs }, async () => {
    const { exitCode, stdout } = await runHere(['doctor', server.url, '--seconds', '2'])
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('nothing found')])
  })

  test('the command says in one line where no Dovetail answers', async () => {
    const { exitCode, stderr } = await runHere(['doctor', `http://127.0.0.1:${await freePort()}`])
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/dovetail: no answer from http:\/\/127\.0\.0\.1:\d+\n$/),
    ])
  })
})

describe('the doctor, of a server that is silent for long', () => {
  const server = serving({ limits: { pingSeconds: 30, commentSeconds: 30 }, trustProxy: 1 })

  test('finds that nginx cuts what is idle, and does not wait for long-polls', { timeout: testMs }, async () => {
    const url = await behindNginx(server.port, (file) =>
      file.replace('proxy_read_timeout 75s', 'proxy_read_timeout 5s'),
    )
    // Far longer than nginx waits, so that a poll which another probe's write has answered is cut too when it is asked again.
    expect(faultsOf(await runDoctor({ url, watchSeconds: 20 }))).toEqual(['idle-cut', 'long-poll-cut'])
  })
})
