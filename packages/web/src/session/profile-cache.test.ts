import type { Profile } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { createProfileCache } from './profile-cache.ts'

const profileOf = (user: string): Profile => ({ user, name: `Name of ${user}`, guest: false })

function world(known: readonly string[]) {
  const requests: (readonly string[])[] = []
  const users = async (asked: readonly string[]) => {
    requests.push(asked)
    return { users: asked.filter((user) => known.includes(user)).map(profileOf) }
  }
  const cache = createProfileCache({ users })
  let changes = 0
  cache.subscribe(() => {
    changes++
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { cache, requests, settled, changes: () => changes }
}

describe('the profiles of a page', () => {
  test('[A4] come in one request, each user once, those without a profile too', async () => {
    const { cache, requests, settled, changes } = world(['ana', 'bob'])
    for (const user of ['ana', 'bob', 'nobody', 'ana']) expect(cache.get(user)).toBeNull()
    await settled()
    expect(requests).toEqual([['ana', 'bob', 'nobody']])
    expect([cache.get('ana')?.name, cache.get('nobody'), changes()]).toEqual(['Name of ana', null, 2])
    await settled()
    expect(requests).toHaveLength(1)
  })

  test('of more than a request takes, come in several', async () => {
    const { cache, requests, settled } = world([])
    for (let index = 0; index < 250; index++) cache.get(`u${index}`)
    await settled()
    expect(requests.map(({ length }) => length)).toEqual([100, 100, 50])
  })
})
