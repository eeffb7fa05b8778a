/** The files of a person: listed, and gone with an erasure; and what a channel says of the files that it takes. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ChannelDescription, LiveRecord, Page } from 'dovetail-protocol'
import { demoConfig, fileReference } from 'dovetail-server'
import Type from 'typebox'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Answer, Rest } from '../../../support/clients/rest.ts'
import { announce, messageWith, picture, pictureFacts, temporaryFolder, uploaded } from '../../../support/files.ts'
import { at, freshChannel } from '../../../support/paths.ts'
import { serving, startServer } from '../../../support/servers/serving.ts'
import { patienceMs } from '../../../support/until.ts'

describe('the files of a person', () => {
  const folder = temporaryFolder()
  const notes = {
    files: { types: ['image/*'], bytes: 1000 },
    collections: {
      notes: {
        schema: Type.Object({ text: Type.String(), files: Type.Optional(Type.Array(fileReference())) }),
        edit: 'user' as const,
      },
    },
  }
  const config = { channels: { ...demoConfig.channels, notes } }
  const server = serving({ store: 'sqlite', files: folder, config })
  const bytesAt = (id: string) => join(folder, id.slice(0, 2), id)

  async function written(rest: Rest, channel: string, data: object): Promise<void> {
    expect((await rest.post(at(channel), data)).status).toBe(201)
  }

  async function erase(user: string): Promise<void> {
    const admin = await server.rest('root', { role: 'admin' })
    let after: string | null = null
    do {
      const done: Answer<{ after: string | null }> = await admin.post(
        `/v1/users/${user}/erasure`,
        after === null ? {} : { after },
      )
      after = done.body.after
    } while (after !== null)
  }

  test('[FIL12, PER2] an erased person has no files', async () => {
    const [eve, channel] = [await server.rest('eve'), freshChannel()]
    const [kept, waiting] = [await uploaded(eve, channel), await uploaded(eve, channel)]
    await written(eve, channel, messageWith({ id: kept.id, ...pictureFacts }))
    await erase('eve')
    await vi.waitFor(() => expect([kept, waiting].some(({ id }) => existsSync(bytesAt(id)))).toBe(false), patienceMs)
    expect((await eve.as().get<Page>(at(channel))).body.records).toEqual([])
  })

  test('[FIL12] a record of others keeps its reference to an erased file, and is written again with it', async () => {
    const [flo, gus, channel] = [await server.rest('flo'), await server.rest('gus'), freshChannel()]
    const board = `notes:${channel.split(':')[1]}`
    const file = await uploaded(flo, board)
    const files = [{ id: file.id, ...pictureFacts }]
    const { id } = (await gus.post<LiveRecord>(at(board, 'notes'), { text: 'of gus' })).body
    const note = at(board, 'notes', id)
    expect((await flo.patch(note, { files })).status).toBe(200)
    await erase('flo')
    await vi.waitFor(() => expect(existsSync(bytesAt(file.id))).toBe(false), patienceMs)
    expect((await gus.patch<LiveRecord>(note, { text: 'again' })).body.data).toEqual({ text: 'again', files })
    expect((await gus.put(note, { text: 'once more', files })).status).toBe(200)
    expect((await gus.patch(note, { files: [] })).status).toBe(200)
    expect((await gus.patch(note, { files })).code).toBe('invalid_data')
    expect((await gus.get(`/v1/channels/${board}/files/${file.id}`)).code).toBe('not_found')
  })

  test('[PER4] the files of a person are listed with addresses, whether a record refers to them or not', async () => {
    const [hal, admin] = [await server.rest('hal'), await server.rest('root', { role: 'admin' })]
    const [chat, team] = [freshChannel(), `team:${freshChannel().split(':')[1]}`]
    await hal.put(`/v1/channels/${team}`, {})
    const [kept, waiting] = [await uploaded(hal, team), await uploaded(hal, chat)]
    const { body: pending } = await announce(hal, chat)
    await written(hal, team, messageWith({ id: kept.id, ...pictureFacts }))
    interface Owned {
      readonly files: readonly { readonly id: string; readonly channel: string; readonly url?: string }[]
      readonly after: string | null
    }
    const { body } = await admin.get<Owned>('/v1/users/hal/files')
    const facts = { name: pictureFacts.name, type: 'image/png', size: pictureFacts.size, createdAt: expect.any(String) }
    const address = { url: expect.stringContaining('?read='), expiresAt: expect.any(String) }
    const expected = [
      { id: kept.id, channel: team, ...facts, referred: true, ...address },
      { id: waiting.id, channel: chat, ...facts, referred: false, ...address },
      { id: pending.id, channel: chat, ...facts, referred: false },
    ].sort((a, b) => (a.id < b.id ? -1 : 1))
    expect(body).toEqual({ user: 'hal', files: expected, after: null })
    for (const { url } of body.files)
      if (url !== undefined) expect((await admin.as().get(url)).headers['content-length']).toBe(String(picture.length))
    const rest = await admin.get<Owned>(`/v1/users/hal/files?after=${expected[0]?.id}`)
    expect(rest.body.files.map(({ id }) => id)).toEqual(expected.slice(1).map(({ id }) => id))
    expect((await hal.get('/v1/users/hal/files')).code).toBe('forbidden')
    await erase('hal')
    await vi.waitFor(
      async () => expect((await admin.get<Owned>('/v1/users/hal/files')).body.files).toEqual([]),
      patienceMs,
    )
  })

  test('[RST3, FIL2] a channel says what files it takes, or that it takes none', async () => {
    const ann = await server.rest('ann')
    const filesOf = async (channel: string) =>
      (await ann.get<ChannelDescription>(`/v1/channels/${channel}`)).body.files ?? null
    expect(await filesOf(freshChannel())).toEqual({ types: expect.arrayContaining(['image/*']), bytes: 10_485_760 })
    expect(await filesOf('notes:a')).toEqual({ types: ['image/*'], bytes: 1000 })
    expect(await filesOf('game:a')).toBeNull()
    const without = await startServer({ store: 'memory' })
    onTestFinished(() => without.stop())
    const { body } = await (await without.rest('ann')).get<ChannelDescription>('/v1/channels/chat:a')
    expect(body.files).toBeUndefined()
  })
})
