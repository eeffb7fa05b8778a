import { describe, expect, test } from 'vitest'
import { type Server, serving } from '../../support/servers/serving.ts'

const paths = {
  metrics: ['/metrics'],
  docs: ['/docs', '/docs/start.js', '/openapi.json', '/asyncapi.json'],
  readyz: ['/readyz'],
} as const

/** The statuses that nobody, a user, a service and an admin get. */
async function statuses(server: Server, path: string): Promise<number[]> {
  const callers = [
    await server.rest(),
    await server.rest('ana'),
    await server.rest('backend', { role: 'service' }),
    await server.rest('root', { role: 'admin' }),
  ]
  return Promise.all(callers.map(async (rest) => (await rest.get(path)).status))
}

describe.each(Object.keys(paths) as (keyof typeof paths)[])('a server that guards %s', (guarded) => {
  const server = serving({ guard: [guarded] })

  test('[RUN17] gives it to services and admins alone, and everything else to anyone', async () => {
    for (const [name, each] of Object.entries(paths))
      for (const path of each)
        expect([path, await statuses(server, path)]).toEqual([
          path,
          name === guarded ? [401, 403, 200, 200] : [200, 200, 200, 200],
        ])
    expect(await statuses(server, '/healthz')).toEqual([200, 200, 200, 200])
  })
})
