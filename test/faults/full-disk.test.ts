/** A store without room takes no write, says so, gives what it has, and goes on when there is room. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Postgres } from 'dovetail-lab/services'
import { expect, onTestFinished, test } from 'vitest'
import { createRest } from '../support/clients/rest.ts'
import { at, freshChannel } from '../support/paths.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { startNodes, survives, waysIn } from './checked.ts'
import { fillDisk, makeRoom, mountSmallDisk, onSmallDisk } from './small-disk.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-disk-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes until one is refused; then reads. */
async function seenWithoutRoom(port: number): Promise<{ readonly refused: unknown; readonly read: number }> {
  const rest = createRest({ port, token: await tokenFor('filler') })
  onTestFinished(() => rest.close())
  const path = at(freshChannel())
  for (let i = 0; i < 2000; i++) {
    const { status, body, headers } = await rest.post<{ code?: string }>(path, { text: 'x'.repeat(2000) })
    if (status === 201) continue
    const refused = { status, code: body.code, retryAfter: headers['retry-after'] !== undefined }
    return { refused, read: (await rest.get(path)).status }
  }
  throw new Error('2,000 writes found room')
}

const answers = { refused: { status: 503, code: 'store_unavailable', retryAfter: true }, read: 200 }

test('SQLite on a disk smaller than its log may become: it takes what there is room for', {
  timeout: 180_000,
}, async () => {
  const data = await temporaryFolder()
  const { server } = await spawnServer({ data, under: onSmallDisk(data, 16) })
  const rest = createRest({ port: server.port, token: await tokenFor('writer') })
  onTestFinished(() => rest.close())
  const path = at(freshChannel())
  // A twentieth of the room, and twice the room in the log: each commit takes at least seven pages there.
  const writes = 1200
  for (let i = 0; i < writes; i++) expect((await rest.post(path, { text: 'x'.repeat(500) })).status).toBe(201)
  expect((await rest.get<{ records: unknown[] }>(`${path}?limit=500`)).body.records.length).toBe(500)
})

// The smaller has less room than the log of a larger disk would take.
test.each([16, 64])('SQLite on a full disk of %i MiB', { timeout: 180_000 }, async (mebibytes) => {
  const data = await temporaryFolder()
  const server = await spawnServer({ data, under: onSmallDisk(data, mebibytes) })
  const disk = `/proc/${server.pid}/root${data}`
  const hit = async (): Promise<void> => {
    await fillDisk(disk)
    expect(await seenWithoutRoom(server.server.port)).toEqual(answers)
    await makeRoom(disk)
  }
  const urls = [`http://127.0.0.1:${server.server.port}`]
  await survives({ urls }, [{ what: 'a full disk', hit, withinMs: 10_000 }])
})

test('PostgreSQL on a full disk', { timeout: 240_000 }, async () => {
  const folder = await temporaryFolder()
  const isRoot = process.getuid?.() === 0
  if (isRoot) onTestFinished(await mountSmallDisk(folder, 160))
  const cluster = await startNodes({ nodes: 2, postgres: { folder, fsync: false } })
  onTestFinished(() => cluster.stop())
  const [fill, clear] = isRoot ? diskOf(folder) : refusalsOf(cluster.postgres)
  const hit = async (): Promise<void> => {
    await fill()
    expect(await seenWithoutRoom(cluster.nodes[0]?.port ?? 0)).toEqual(answers)
    await clear()
  }
  await survives({ urls: waysIn(cluster) }, [{ what: 'a full disk', hit, withinMs: 15_000 }])
})

type FillAndClear = readonly [() => Promise<unknown>, () => Promise<unknown>]

function diskOf(folder: string): FillAndClear {
  return [() => fillDisk(folder), () => makeRoom(folder)]
}

/** Where nobody may mount a disk: the database answers writes as it does on a full one. */
function refusalsOf(postgres: Postgres): FillAndClear {
  const raise = `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$;
    CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON dovetail.records EXECUTE FUNCTION full_disk()`
  return [() => postgres.psql(raise), () => postgres.psql('DROP FUNCTION full_disk CASCADE')]
}
