/** The files of deploy/monitoring by a real Prometheus, which scrapes a loaded node; the alerts by its promtool. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort, ServiceProcess } from 'dovetail-lab/services'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { openStream } from '../support/clients/event-stream.ts'
import { at, freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'

const run = promisify(execFile)
const monitoring = fileURLToPath(new URL('../../deploy/monitoring/', import.meta.url))

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

async function alertRules(): Promise<readonly Rule[]> {
  const file = parse(await readFile(join(monitoring, 'alerts.yml'), 'utf8')) as { groups: { rules: Rule[] }[] }
  return file.groups.flatMap(({ rules }) => rules)
}

async function dashboardQueries(): Promise<readonly string[]> {
  interface Panel {
    readonly targets?: readonly { readonly expr: string }[]
  }
  const file = JSON.parse(await readFile(join(monitoring, 'grafana-dashboard.json'), 'utf8')) as { panels: Panel[] }
  const queries = file.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  // As Grafana fills its variables in.
  return queries.map((query) => query.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '10s'))
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'dovetail-prometheus-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

describe('a node that Prometheus scrapes', () => {
  const server = serving({ store: 'sqlite' })

  test('answers every query of the dashboard and of the alerts, and its metrics follow the conventions', {
    timeout: 180_000,
  }, async () => {
    const [port, path] = [await freePort(), await folder()]
    const scraped = `scrape_configs: [{job_name: dovetail, scrape_interval: 1s, static_configs: [{targets: ['127.0.0.1:${server.port}']}]}]`
    await writeFile(join(path, 'prometheus.yml'), `global: {scrape_interval: 1s}\n${scraped}\n`)
    const prometheus = await ServiceProcess.start({
      name: 'prometheus',
      command: 'prometheus',
      args: [
        `--config.file=${join(path, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(path, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      port,
    })
    onTestFinished(() => prometheus.stop('SIGKILL'))
    await load()
    const ask = async (query: string) => {
      const reply = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`)
      return (await reply.json()) as { status: string; error?: string; data?: { result: readonly unknown[] } }
    }
    // Rates need some scrapes.
    await expect
      .poll(async () => (await ask('count_over_time(dovetail_readers{transport="sse"}[1m]) > 5')).data?.result.length, {
        timeout: 60_000,
      })
      .toBe(1)
    // A node on SQLite, alone, with nothing refused, has none of these.
    const absent =
      /dovetail_store_(connections|waiting_calls)|dovetail_webhook_|dovetail_file_refusals_|status=~"5\.\."/
    const withoutAnswer: string[] = []
    for (const query of await dashboardQueries()) {
      const { status, error, data } = await ask(query)
      expect([query, status, error]).toEqual([query, 'success', undefined])
      if (!absent.test(query) && data?.result.length === 0) withoutAnswer.push(query)
    }
    expect(withoutAnswer).toEqual([])
    for (const { alert, expr } of await alertRules()) {
      const { status, data } = await ask(expr)
      expect([alert, status, data?.result]).toEqual([alert, 'success', []])
    }
    await followsConventions()
  })

  /** Readers of each kind, writes, a consumer at work, a refusal, a reset, and a reader that leaves. */
  async function load(): Promise<void> {
    const channel = freshChannel()
    const alice = await server.rest('alice')
    const socket = await server.connect('alice')
    const gone = await server.connect('alice')
    await socket.subscribe(channel)
    const stream = await openStream({ port: server.port, path: `/v1/channels/${channel}/changes` })
    onTestFinished(() => stream.close())
    for (let write = 0; write < 20; write++) await alice.post(at(channel), { text: `${write}` })
    const service = await server.rest('mailer', { role: 'service' })
    await service.put('/v1/consumers/mailer', { pattern: channel, from: 'beginning' })
    await service.post('/v1/consumers/mailer/next', { worker: 'one' })
    await alice.get('/v1/channels/nowhere:x/messages')
    await gone.subscribe(channel, { after: 'strange.1' })
    gone.close(1000)
  }

  async function followsConventions(): Promise<void> {
    const { text } = await (await server.rest()).get('/metrics')
    const child = run('promtool', ['check', 'metrics'])
    child.child.stdin?.end(text)
    const complaints = await child.then(
      ({ stdout, stderr }) => `${stdout}${stderr}`,
      ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
    )
    // The metrics of prom-client are its own.
    expect(complaints.split('\n').filter((line) => /^dovetail_|^nodejs_eventloop_/.test(line))).toEqual([])
  }
})

/** What makes each alert fire, as promtool writes series: from, by how much a minute, how often. */
const firing: Readonly<Record<string, { readonly labels: Readonly<Record<string, string>>; readonly series: string }>> =
  {
    DovetailDown: { labels: {}, series: 'up{job="dovetail",instance="a"} 0x20' },
    DovetailPartDown: { labels: { part: 'backbone' }, series: 'dovetail_part_up{part="backbone",instance="a"} 0x20' },
    DovetailCommitsFail: {
      labels: { storage: 'durable' },
      series: 'dovetail_commit_failures_total{storage="durable",instance="a"} 0+1x20',
    },
    DovetailDeliveryLate: { labels: {}, series: 'dovetail_delivery_lag_seconds_bucket{le="0.5",instance="a"} 0+60x20' },
    DovetailCommitsSlow: {
      labels: { storage: 'durable' },
      series: 'dovetail_commit_duration_seconds_bucket{storage="durable",le="+Inf",instance="a"} 0+60x20',
    },
    DovetailReadersBehind: { labels: {}, series: 'dovetail_feeds_behind_longest_seconds{instance="a"} 61x20' },
    DovetailResets: {
      labels: { reason: 'epoch' },
      series: 'dovetail_resets_total{reason="epoch",instance="a"} 0+5x20',
    },
    DovetailNotificationsLost: {
      labels: {},
      series: 'dovetail_notification_repairs_total{instance="a"} 0+5x20',
    },
    DovetailRefusals: {
      labels: { code: 'rate_limited' },
      series: 'dovetail_refused_total{transport="http",code="rate_limited",instance="a"} 0+90x20',
    },
    DovetailErrors: {
      labels: {},
      series: 'dovetail_http_requests_total{method="GET",route="/v1/me",status="503",instance="a"} 0+30x20',
    },
    DovetailLoopBusy: {
      labels: { state: 'active' },
      series: 'nodejs_eventloop_seconds_total{state="active",instance="a"} 0+57x20',
    },
    DovetailConnectionsExhausted: {
      labels: { pool: 'readers' },
      series: 'dovetail_store_waiting_calls{pool="readers",instance="a"} 3x20',
    },
    DovetailLogFileLarge: { labels: {}, series: 'dovetail_store_log_bytes{instance="a"} 2e8x20' },
    DovetailWebhookFails: {
      labels: { webhook: 'billing' },
      series: 'dovetail_webhook_failing_seconds{webhook="billing",instance="a"} 3601x20',
    },
    DovetailConsumerStuck: {
      labels: { consumer: 'mailer' },
      series: 'dovetail_consumer_lag_revisions{consumer="mailer",instance="a"} 7x20',
    },
    DovetailFileStorageFails: { labels: {}, series: 'dovetail_file_storage_errors_total{instance="a"} 0+2x20' },
    DovetailFilesExhausted: { labels: {}, series: 'process_open_fds{instance="a"} 900x20' },
  }
/** Besides the series above: what they are compared with. */
const constant = [
  'dovetail_consumer_idle_seconds{consumer="mailer",instance="a"} 601x20',
  'process_max_fds{instance="a"} 1000x20',
  'dovetail_delivery_lag_seconds_bucket{le="0.25",instance="a"} 0x20',
  'dovetail_delivery_lag_seconds_bucket{le="+Inf",instance="a"} 0+60x20',
  'dovetail_commit_duration_seconds_bucket{storage="durable",le="0.5",instance="a"} 0x20',
  'dovetail_commit_duration_seconds_bucket{storage="durable",le="1",instance="a"} 0+60x20',
]

test('every alert fires by what it is for, and none without it', { timeout: 60_000 }, async () => {
  const rules = await alertRules()
  expect(Object.keys(firing).sort()).toEqual(rules.map(({ alert }) => alert).sort())
  const fits = rules.map(({ alert, labels, annotations }) => {
    const { series = '', labels: own = {} } = firing[alert] ?? {}
    const kept = /^histogram_quantile|^sum/.test(rules.find((rule) => rule.alert === alert)?.expr ?? '')
    const name = kept ? {} : { job: series.includes('job="dovetail"') ? 'dovetail' : undefined }
    const isOfAllNodes = alert === 'DovetailConsumerStuck'
    const expected = { ...labels, ...own, ...name, instance: isOfAllNodes ? undefined : 'a' }
    const known = JSON.parse(JSON.stringify(expected)) as Record<string, string>
    const filled = JSON.stringify(annotations)
      .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => known[name] ?? '')
      .replace('{{ $value }}', / (\d+)x/.exec(series)?.[1] ?? '')
    return { alert, series, expected: known, annotations: JSON.parse(filled) as Record<string, string> }
  })
  const inputs = (series: readonly string[]) =>
    series.map((each) => {
      const at = each.lastIndexOf('} ') + 1
      return { series: each.slice(0, at), values: each.slice(at + 1) }
    })
  const file = {
    rule_files: [join(monitoring, 'alerts.yml')],
    evaluation_interval: '1m',
    tests: fits.map(({ alert, series, expected, annotations }) => ({
      interval: '1m',
      input_series: inputs([series, ...constant.filter((each) => sharesMetric(each, series))]),
      alert_rule_test: fits.map((other) => ({
        eval_time: '18m',
        alertname: other.alert,
        exp_alerts: other.alert === alert ? [{ exp_labels: expected, exp_annotations: annotations }] : [],
      })),
    })),
  }
  const path = join(await folder(), 'alerts.test.json')
  await writeFile(path, JSON.stringify(file))
  const { stdout } = await run('promtool', ['test', 'rules', path]).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`${error.stdout}${error.stderr}`)
    },
  )
  expect(stdout).toContain('SUCCESS')
})

function sharesMetric(a: string, b: string): boolean {
  const of = (series: string) =>
    series.slice(0, series.indexOf('{')).replace(/_(open|max)_fds$|_(lag_revisions|idle_seconds)$/, '')
  return of(a) === of(b)
}
