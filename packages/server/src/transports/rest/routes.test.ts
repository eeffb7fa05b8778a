import { defaultLimits } from 'dovetail-protocol'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { describedResources } from '../contract/described-resources.fixture.ts'
import type { TransportContext } from '../transport-context.ts'
import { knowForeignMethods, registerResource } from './register-resource.ts'

interface Route {
  readonly method: string
  readonly path: string
  readonly isRefused: boolean
}

const resources = describedResources()

/** No route is called. */
const context = { core: { limits: defaultLimits } } as TransportContext

/** The route table of a server, whose handlers are not called. */
function routeTable(): Route[] {
  const routes: Route[] = []
  const app = Fastify({ exposeHeadRoutes: false })
  app.addHook('onRoute', ({ method, url, config }) => {
    const path = url.replace(/:(\w+)/g, '{$1}')
    for (const each of [method].flat()) routes.push({ method: each, path, isRefused: config?.isRefused === true })
  })
  knowForeignMethods(app)
  for (const resource of resources) registerResource(app, context, resource)
  return routes
}

const table = routeTable()
const served = table.filter(({ method, isRefused }) => !isRefused && method !== 'HEAD' && method !== 'OPTIONS')

describe('the resources of the REST transport', () => {
  test('have a route for each operation and an operation for each route', () => {
    expect(served.length).toBeGreaterThan(30)
    const described = resources.flatMap(({ path, operations }) => Object.keys(operations).map((m) => `${path} ${m}`))
    expect(served.map(({ method, path }) => `${path} ${method}`).sort()).toEqual(described.sort())
  })

  test('have different paths', () => {
    const paths = resources.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
  })

  test('serve HEAD wherever GET is served, and OPTIONS on every path', () => {
    const pathsOf = (method: string) =>
      new Set(table.filter((route) => route.method === method && !route.isRefused).map(({ path }) => path))
    expect(pathsOf('HEAD')).toEqual(pathsOf('GET'))
    expect(pathsOf('OPTIONS')).toEqual(new Set(table.map(({ path }) => path)))
  })
})
