import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { bodyOf, registerBodies } from './body.ts'

test('[LIM39] a body over 64 KiB is parsed in its turn, and a smaller one at once', async () => {
  const app = Fastify()
  const begin: (() => void)[] = []
  registerBodies(app, 5, () => new Promise((resolve) => begin.push(resolve)))
  const parsed: number[] = []
  app.post('/', (request) => {
    const { text } = bodyOf(request, 5) as { text: string }
    parsed.push(text.length)
    return { length: text.length }
  })
  const post = (length: number) => app.inject({ method: 'POST', url: '/', payload: { text: 'x'.repeat(length) } })
  const large = post(70_000)
  const larger = post(80_000)
  expect((await post(10)).json()).toEqual({ length: 10 })
  await expect.poll(() => begin.length).toBe(2)
  expect(parsed).toEqual([10])
  begin[0]?.()
  await expect.poll(() => parsed.length).toBe(2)
  begin[1]?.()
  expect([(await large).json(), (await larger).json()]).toEqual([{ length: 70_000 }, { length: 80_000 }])
  expect(parsed).toEqual([10, 70_000, 80_000])
  await app.close()
})
