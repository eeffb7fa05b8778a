import { defaultLimits } from '@dovetail/protocol'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { operations } from '../../api/operations.ts'
import { HandClock } from '../../core/hand-clock.fixture.ts'
import type { Door } from '../door.ts'
import { registerRoutes } from './app.ts'

interface Route {
  readonly method: string
  readonly path: string
  readonly isRefused: boolean
}

/** The route table of a server; nothing of it is called here, so its door is only what registering looks at. */
function routeTable(): Route[] {
  const routes: Route[] = []
  const app = Fastify({ exposeHeadRoutes: false })
  app.addHook('onRoute', ({ method, url, config }) => {
    const path = url.replace(/:(\w+)/g, '{$1}')
    for (const each of [method].flat()) routes.push({ method: each, path, isRefused: config?.isRefused === true })
  })
  registerRoutes(app, { core: { limits: defaultLimits, clock: new HandClock() } } as unknown as Door)
  return routes
}

const table = routeTable()
const served = table.filter(({ method, isRefused }) => !isRefused && method !== 'HEAD' && method !== 'OPTIONS')
const described = operations(defaultLimits)

describe('the description of the routes', () => {
  test('every route and method that the server has is described, and none that it lacks', () => {
    expect(served.length).toBeGreaterThan(30)
    const line = ({ method, path }: { method: string; path: string }) => `${path} ${method}`
    expect(described.map(line).sort()).toEqual(served.map(line).sort())
  })

  test('as it says of all paths, HEAD is where GET is, and OPTIONS everywhere', () => {
    const pathsOf = (method: string) =>
      new Set(table.filter((route) => route.method === method && !route.isRefused).map(({ path }) => path))
    expect(pathsOf('HEAD')).toEqual(pathsOf('GET'))
    expect(pathsOf('OPTIONS')).toEqual(new Set(table.map(({ path }) => path)))
  })
})
