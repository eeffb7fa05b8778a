import type { LiveRecord, Page } from 'dovetail-protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { openLine, upgradeRequest } from '../../support/clients/raw-socket.ts'
import { operations } from '../../support/openapi/operations.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

/** JSON that would mark every object of the process, where something merges it carelessly. */
const poisons = [
  '{"__proto__":{"polluted":"yes"}}',
  '{"constructor":{"prototype":{"polluted":"yes"}}}',
  '{"text":"a","__proto__":{"polluted":"yes","text":7}}',
  '{"text":"a","constructor":{"prototype":{"polluted":"yes"}}}',
  '{"type":"t","data":{"__proto__":{"polluted":"yes"}},"__proto__":{"polluted":"yes"}}',
  '{"writes":[{"op":"create","channel":"chat:a","collection":"messages","data":{"text":"a","__proto__":{"polluted":"yes"}},"__proto__":{"author":"root","polluted":"yes"}}]}',
  '{"subs":{"__proto__":"0","constructor":"0","chat:a":"0"}}',
  '{"client":"c","state":{"__proto__":{"polluted":"yes"}}}',
  '[{"__proto__":{"polluted":"yes"}}]',
]
const names = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf', '__defineGetter__']

describe.each(stores)('keys that every object has, %s store', (store) => {
  // The server runs in this process: what it did to its objects shows in ours.
  const server = serving({ store, limits: { commands: 100_000, commandsBurst: 100_000, guests: 100_000 } })
  afterEach(() => {
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test('[LIM21] do no harm in the body of every route', async () => {
    const alice = await server.rest('alice')
    const writes = (await operations(alice)).filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method))
    expect(writes.length).toBeGreaterThan(8)
    for (const { method, path } of writes) {
      for (const body of poisons) {
        const wait = path === '/v1/changes' ? '?limit=1' : ''
        const { status } = await alice.send(method, path + wait, { 'content-type': 'application/json' }, body)
        expect([method, path, body, status < 500]).toEqual([method, path, body, true])
      }
    }
  })

  test('[LIM21] do no harm in every field of every command', async () => {
    const socket = await server.connect('alice')
    const channel = freshChannel()
    let id = 0
    for (const op of [
      'subscribe',
      'unsubscribe',
      'create',
      'put',
      'patch',
      'delete',
      'signal',
      'state',
      'ping',
      ...names,
    ]) {
      for (const poison of poisons) {
        id += 1
        const fields = `"id":${id},"op":"${op}","channel":"${channel}","collection":"messages","recordId":"m","type":"t"`
        socket.sendRaw(`{${fields},"last":${poison},"data":${poison},"state":${poison},"__proto__":{"polluted":"yes"}}`)
        const reply = await socket.reply(id)
        expect('error' in reply ? reply.error.code : 'ok').not.toBe('internal')
      }
    }
  })

  test('[LIM21, NAM4] do no harm as names of channels, records, keys, parameters and headers', async () => {
    const alice = await server.rest('alice')
    for (const name of names) {
      const channel = `chat:${name}`
      const key = { 'idempotency-key': name }
      expect((await alice.put(at(channel, 'messages', name), { text: name }, key)).status).toBe(201)
      expect((await alice.put(at(channel, 'messages', name), { text: name }, key)).status).toBe(200)
      expect((await alice.get<Page>(at(channel))).body.records).toMatchObject([{ id: name, data: { text: name } }])
      expect((await alice.get(`/v1/limits?${name}=1&${name}[polluted]=yes`)).code).toBe('invalid_query')
      expect((await alice.get(`/healthz?${name}=1&${name}[polluted]=yes`)).status).toBe(200)
      expect((await alice.get(`/v1/changes?sub=${name}@0`)).status).toBe(200)
      expect((await alice.get('/v1/limits', { [name]: 'a' })).status).toBe(200)
      const line = await openLine(server.port)
      line.write(upgradeRequest({ [`${name} `.trim()]: 'a', [`X-${name}`]: 'b' }))
      await line.until('the 101', (bytes) => bytes.includes('HTTP/1.1 101'))
      line.destroy()
    }
  })

  test('[RST16, LIM21] a merge patch changes the record and nothing else', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'm')
    await alice.put(path, { text: 'a' })
    const patch = '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}'
    const patched = await alice.send<LiveRecord>('PATCH', path, { 'content-type': 'application/json' }, patch)
    expect(patched.status).toBe(200)
    expect(JSON.parse(patched.text).data).toEqual(JSON.parse(`{"text":"a",${patch.slice(1)}`))
  })
})
