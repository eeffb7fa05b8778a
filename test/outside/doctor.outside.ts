/** `dovetail doctor` finds what each proxy spoils, planted in its configuration of docs/proxies.md, and nothing in that itself. */
import { type DoctorResult, type Fault, runDoctor } from 'dovetail-lab/doctor'
import { describe, expect, test } from 'vitest'
import { serving } from '../support/servers/serving.ts'
import { type ProxyName, startProxy } from './proxies/proxies.ts'

const testMs = 120_000
/** How long the doctor may take. */
const doctorMs = 40_000

type Plant = readonly [what: string, proxy: ProxyName, plant: (text: string) => string, found: readonly Fault[]]

const without =
  (...lines: readonly RegExp[]) =>
  (text: string): string =>
    lines.reduce((left, line) => left.replace(line, ''), text)
const behind = (mark: string, lines: string) => (text: string) => text.replace(mark, `${mark}\n${lines}`)
const add = (lines: string) => (text: string) => `${text}\n${lines}\n`

async function found(url: string, watchSeconds: number): Promise<DoctorResult> {
  const beganAt = performance.now()
  const result = await runDoctor({ url, watchSeconds })
  expect(performance.now() - beganAt).toBeLessThan(doctorMs)
  expect(result.unknown).toEqual([])
  return result
}

function expectFaults({ findings }: DoctorResult, faults: readonly Fault[]): void {
  expect(
    findings.map(({ fault }) => fault),
    JSON.stringify(findings),
  ).toEqual(faults)
}

describe('the doctor, of a server whose pings and comments come often', () => {
  const server = serving({ limits: { pingSeconds: 1, commentSeconds: 0.5 }, trustProxy: 1 })

  test.each<Plant>([
    ['by the page', 'haproxy', (text) => text, []],
    [
      'that takes the headers of an upgrade away',
      'haproxy',
      behind('default_backend dovetail', 'http-request del-header upgrade'),
      ['upgrade-refused'],
    ],
    [
      'that keeps what may not be kept',
      'haproxy',
      (text) =>
        `${behind(
          'option forwardfor',
          [
            'http-request cache-use all if { path_end /messages }',
            'http-response set-header cache-control "public, max-age=60"',
            'http-response del-header vary',
            'http-response cache-store all if { status 200 }',
          ].join('\n'),
        )(text)}\ncache all\n  total-max-size 4\n  max-age 60\n`,
      ['cached'],
    ],
    ['by the page', 'apache', (text) => text, []],
    ['without upgrade=websocket', 'apache', without(/upgrade=websocket/), ['upgrade-refused']],
    [
      'that compresses streams',
      'apache',
      behind('ProxyTimeout 75', 'AddOutputFilterByType DEFLATE text/event-stream'),
      ['stream-compressed'],
    ],
    [
      'that keeps what may not be kept',
      'apache',
      behind(
        'ProxyTimeout 75',
        [
          'CacheEnable socache /v1/channels',
          'CacheSocache shmcb',
          'CacheIgnoreCacheControl On',
          'CacheStorePrivate On',
          'CacheStoreNoStore On',
          'CacheIgnoreQueryString Off',
          'Header set Cache-Control "max-age=60" "expr=%{REQUEST_URI} =~ m#/messages#"',
        ].join('\n'),
      ),
      ['cached'],
    ],
    ['by the page', 'caddy', (text) => text, []],
    [
      'that takes the headers of an upgrade away',
      'caddy',
      (text) => text.replace(/(reverse_proxy \S+)/, '$1 {\nheader_up -Upgrade\nheader_up -Connection\n}'),
      ['upgrade-refused'],
    ],
    [
      'that holds streams back',
      'caddy',
      (text) => text.replace(/(reverse_proxy \S+)/, '$1 {\nbuffer_responses\nmax_buffer_size 1MiB\n}'),
      // It waits for the end of the upgrade's reply, too.
      ['upgrade-refused', 'stream-buffered'],
    ],
    ['by the page', 'varnish', (text) => text, []],
    [
      'without pipe',
      'varnish',
      without(/ {2}if \(req\.http\.upgrade\) \{\s*return \(pipe\);\s*\}\n/),
      ['upgrade-refused'],
    ],
    [
      'that holds streams back',
      'varnish',
      add('sub vcl_backend_response { set beresp.do_stream = false; }'),
      ['stream-buffered'],
    ],
    [
      'that compresses streams',
      'varnish',
      add('sub vcl_backend_response { if (beresp.http.content-type ~ "event-stream") { set beresp.do_gzip = true; } }'),
      // Varnish compresses a whole block before it sends any of it.
      ['stream-buffered', 'stream-compressed'],
    ],
    [
      'that keeps what may not be kept',
      'varnish',
      (text) =>
        add('sub vcl_backend_response { set beresp.ttl = 60s; unset beresp.http.vary; return (deliver); }')(
          text.replace(
            'return (pass);',
            'if (req.method == "GET" && req.url ~ "/messages") { return (hash); }\n  return (pass);',
          ),
        ),
      ['cached'],
    ],
    ['by the page', 'squid', (text) => text, []],
    [
      'without http_upgrade_request_protocols',
      'squid',
      without(/http_upgrade_request_protocols.*\n/),
      ['upgrade-refused'],
    ],
  ])(
    'finds in a proxy %s (%s) just that',
    async (_what, proxy, plant, faults) => {
      const url = await startProxy(proxy, server.port, plant)
      const result = await found(url, 3)
      expectFaults(result, faults)
      expect(result.proxy).toBe(proxy === 'haproxy' ? null : proxy)
    },
    testMs,
  )
})

describe('the doctor, of a server that is silent for long', () => {
  const server = serving({ limits: { pingSeconds: 30, commentSeconds: 30 }, trustProxy: 1 })

  test.each<[proxy: ProxyName, plant: (text: string) => string, faults: readonly Fault[]]>([
    [
      'haproxy',
      (text) => text.replaceAll(/timeout (client|server|tunnel) \S+/g, 'timeout $1 5s'),
      ['idle-cut', 'long-poll-cut'],
    ],
    ['apache', (text) => text.replace('ProxyTimeout 75', 'ProxyTimeout 5'), ['idle-cut', 'long-poll-cut']],
    [
      'caddy',
      (text) =>
        text.replace(
          /(reverse_proxy \S+)/,
          '$1 {\ntransport http {\nread_timeout 5s\nresponse_header_timeout 5s\n}\n}',
        ),
      ['idle-cut', 'long-poll-cut'],
    ],
    ['varnish', (text) => text.replaceAll('= 75s', '= 5s'), ['idle-cut', 'long-poll-cut']],
    [
      'squid',
      (text) => text.replace('read_timeout 75 seconds', 'read_timeout 5 seconds'),
      ['idle-cut', 'long-poll-cut'],
    ],
  ])(
    'finds that %s cuts what is idle, and does not wait for long-polls',
    async (proxy, plant, faults) => {
      const url = await startProxy(proxy, server.port, plant)
      // Far longer than the proxy waits, so that a poll which another probe's write has answered is cut too when it is asked again.
      expectFaults(await found(url, 20), faults)
    },
    testMs,
  )
})
