import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LiveRecord, Page, Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { type Ended, runDovetail, spawnServer } from '../support/servers/spawn-server.ts'
import { folderWith } from './run-here.ts'

function run(...args: string[]): Promise<Ended> {
  return runDovetail(args).ended
}

describe('a copy', () => {
  test('is taken while the server writes, and put back with new epochs', { timeout: 120_000 }, async () => {
    const server = await spawnServer()
    const alice = await server.server.rest('alice')
    const channel = freshChannel()
    await alice.post<LiveRecord>(at(channel), { text: 'before' })
    const copy = join(await folderWith({}), 'copy.db')
    expect(await run('backup', copy, '--data', server.data)).toMatchObject({ code: 0, stdout: `copied into ${copy}\n` })
    await alice.post<LiveRecord>(at(channel), { text: 'after' })
    const { cursor } = (await alice.get<Page>(at(channel))).body
    const refused = await run('restore', copy, '--yes', '--data', server.data)
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('is served already, by another process'),
    ])
    await server.kill('SIGTERM')
    const asked = await run('restore', copy, '--data', server.data)
    expect([asked.code, asked.stdout, asked.stderr]).toEqual([1, '', expect.stringContaining('say --yes')])
    const old = join(server.data, 'dovetail.db.before-restore')
    expect(await run('restore', copy, '--yes', '--data', server.data)).toMatchObject({
      code: 0,
      stdout: `restored ${copy}; 1 channels have a new epoch; what was there is ${old}\n`,
    })
    const again = await (await server.restart()).server.rest('alice')
    const page = (await again.get<Page<{ text: string }>>(at(channel))).body
    expect(page.records.map(({ data }) => data.text)).toEqual(['before'])
    // The file that was there is whole: it can be put back in its turn.
    const folder = await folderWith({})
    expect(await run('restore', old, '--data', folder)).toMatchObject({ code: 0 })
    const before = await spawnServer({ data: folder })
    const kept = (await (await before.server.rest('alice')).get<Page<{ text: string }>>(at(channel))).body
    expect(kept.records.map(({ data }) => data.text)).toEqual(['before', 'after'])
    const stale = await again.get<Problem>(`/v1/channels/${channel}/changes?after=${cursor}`)
    expect([stale.status, stale.body]).toEqual([410, expect.objectContaining({ code: 'reset', reason: 'epoch' })])
  })

  test('that is none, or would be written over, is one line', { timeout: 60_000 }, async () => {
    const folder = await folderWith({ 'notes.txt': 'not a database' })
    const dataOption = ['--data', folder]
    const missing = await run('backup', join(folder, 'copy.db'), ...dataOption)
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/^dovetail: backup: \S+ is not there\n$/)])
    const other = await run('restore', join(folder, 'notes.txt'), ...dataOption)
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringMatching(/^dovetail: restore: \S+notes\.txt: [^\n]+\n$/),
    ])
    await copyFile(join(folder, 'notes.txt'), join(folder, 'taken.db'))
    await writeFile(join(folder, 'dovetail.db'), '')
    const taken = await run('backup', join(folder, 'taken.db'), ...dataOption)
    expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('is there already')])
  })
})

describe('dovetail epoch', () => {
  test('--new ends every epoch; without it nothing is done', { timeout: 60_000 }, async () => {
    const server = await spawnServer()
    const alice = await server.server.rest('alice')
    const channel = freshChannel()
    await alice.post<LiveRecord>(at(channel), { text: 'kept' })
    const { cursor } = (await alice.get<Page>(at(channel))).body
    await server.kill('SIGTERM')
    expect(await run('epoch', '--data', server.data)).toMatchObject({ code: 2 })
    expect(await run('epoch', '--new', '--data', server.data)).toMatchObject({
      code: 0,
      stdout: '1 channels have a new epoch\n',
    })
    const again = await (await server.restart()).server.rest('alice')
    expect((await again.get<Page>(at(channel))).body.records).toHaveLength(1)
    expect((await again.get<Problem>(`/v1/channels/${channel}/changes?after=${cursor}`)).status).toBe(410)
  })
})
