/** The data of an earlier version, laid where a server finds it as if it had been there all the time. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { identitiesOf } from '../../packages/server/src/stores/sqlite/history/history-mark.ts'
import type { Served } from './history.ts'

export interface EarlierVersion {
  readonly commit: string
  /** The versions of its schema. */
  readonly sqlite: number
  readonly postgres: number
}

export const earlierVersions: readonly EarlierVersion[] = [
  { commit: '78c33eb', sqlite: 4, postgres: 3 },
  { commit: '4e211e0', sqlite: 8, postgres: 7 },
  { commit: '74d7b2a', sqlite: 9, postgres: 9 },
]

function pathOf({ commit }: EarlierVersion, name: string): string {
  return fileURLToPath(new URL(`./data/${commit}/${name}`, import.meta.url))
}

async function unpacked(version: EarlierVersion, name: string): Promise<Buffer> {
  return gunzipSync(await readFile(pathOf(version, `${name}.gz`)))
}

export async function servedBy(version: EarlierVersion, store: 'sqlite' | 'postgres'): Promise<Served> {
  return JSON.parse((await unpacked(version, `${store}.json`)).toString()) as Served
}

/** A folder with the file, and with its mark as if neither had been copied. */
export async function sqliteFolder(version: EarlierVersion): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-upgrade-'))
  const file = join(folder, 'dovetail.db')
  await writeFile(file, await unpacked(version, 'dovetail.db'))
  const mark = pathOf(version, 'dovetail.db-history')
  if (!existsSync(mark)) return folder
  await writeFile(`${file}-history`, '')
  const written = JSON.parse(await readFile(mark, 'utf8')) as object
  await writeFile(`${file}-history`, JSON.stringify({ ...written, ...identitiesOf(file) }))
  return folder
}

/** Fills an empty database. A server would take restored rows for a copy, so the record of that is taken out. */
export async function fillDatabase(version: EarlierVersion, url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query((await unpacked(version, 'postgres.sql')).toString())
    const { rows } = await client.query("SELECT to_regclass('dovetail.history') IS NOT NULL AS has")
    if (rows[0].has) await client.query('DELETE FROM dovetail.history')
  } finally {
    await client.end()
  }
}
