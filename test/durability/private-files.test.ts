import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoConfig, start } from 'dovetail-server'
import { expect, onTestFinished, test } from 'vitest'
import { looseModes } from '../../packages/server/src/runtime/loose-modes.ts'
import { backUpStore, restoreStore } from '../../packages/server/src/runtime/upkeep.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-modes-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

test('[RUN16, S7] only the owner may open the data folder, the database with its logs, the secret and a backup', async () => {
  const before = process.umask(0)
  onTestFinished(() => void process.umask(before))
  const folder = await temporaryFolder()
  const data = join(folder, 'new', 'data')
  const server = await start({ config: demoConfig, port: 0, data, log: 'silent' })
  const file = join(data, 'dovetail.db')
  for (const suffix of ['', '-wal', '-shm', '-history', '.lock'])
    expect(await modeOf(`${file}${suffix}`), suffix).toBe('600')
  expect(await modeOf(data)).toBe('700')
  expect(await modeOf(join(data, 'secret'))).toBe('600')
  expect(await looseModes(data)).toBeNull()
  const copy = join(folder, 'copy.db')
  await backUpStore({ data }, copy)
  expect(await modeOf(copy)).toBe('600')
  await server.stop()
  await chmod(copy, 0o644)
  await restoreStore({ data }, copy)
  expect(await modeOf(file)).toBe('600')
})

test('[RUN16, S7] looser ones are told in one line', async () => {
  const data = await temporaryFolder()
  await writeFile(join(data, 'dovetail.db'), '', { mode: 0o600 })
  await writeFile(join(data, 'notes.txt'), '')
  expect(await looseModes(data)).toBeNull()
  await chmod(join(data, 'dovetail.db'), 0o644)
  await chmod(data, 0o755)
  expect(await looseModes(data)).toBe(
    `other users of this machine may open ${data}, ${join(data, 'dovetail.db')}; close them with: chmod -R go= ${data}`,
  )
})
