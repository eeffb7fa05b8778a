import { demoConfig } from 'dovetail-server'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving } from '../../support/servers/serving.ts'

const { dm, team } = demoConfig.channels

/** A private channel with one message, and what backend and administrator get there. */
async function tried(server: Server, namespace: string) {
  const channel = freshChannel(namespace)
  const olga = await server.rest('olga')
  await olga.put(`/v1/channels/${channel}`, {})
  await olga.put(at(channel, 'messages', 'm'), { text: 'among us' })
  const verdicts: Record<string, string[]> = {}
  for (const role of ['service', 'admin'] as const) {
    const rest = await server.rest(role, { role })
    const socket = await server.connect(role, { role })
    const subscribed = await socket.command('subscribe', { channel })
    const listed = (await rest.get(`/v1/channels?prefix=${channel}`)).text.includes(channel)
    verdicts[role] = [
      (await rest.get(at(channel))).code ?? 'ok',
      'ok' in subscribed ? 'ok' : subscribed.error.code,
      (await rest.post(at(channel), { text: 'from outside' })).code ?? 'ok',
      (await rest.patch(at(channel, 'messages', 'm'), { text: 'theirs' })).code ?? 'ok',
      listed ? 'listed' : 'not listed',
    ]
    socket.close(1000)
  }
  return { channel, olga, verdicts }
}

describe('backends and administrators in private channels', () => {
  const server = serving({ config: { channels: { team, dm: { ...dm, staff: false } } } })

  test('[TOK17, A8] they read and write as members, and change nothing of others', async () => {
    const { verdicts } = await tried(server, 'team')
    const asMembers = ['ok', 'ok', 'ok', 'forbidden', 'listed']
    expect(verdicts).toEqual({ service: asMembers, admin: asMembers })
  })

  test('[TOK17, A8] where the configuration keeps them out, the channel is not found', async () => {
    const { verdicts } = await tried(server, 'dm')
    const outside = ['not_found', 'not_found', 'not_found', 'not_found', 'not listed']
    expect(verdicts).toEqual({ service: outside, admin: outside })
  })

  test('[TOK17] who is banned is kept out, backend or not', async () => {
    const { channel, olga } = await tried(server, 'team')
    await olga.put(at(channel, 'members', 'robot'), { user: 'robot', role: 'banned' })
    const robot = await server.rest('robot', { role: 'service' })
    expect((await robot.get(at(channel))).code).toBe('not_found')
    const granted = await server.rest('robot', { role: 'service', grants: [{ channel, can: ['read'] }] })
    expect((await granted.get(at(channel))).status).toBe(200)
  })
})
