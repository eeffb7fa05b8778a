/** The secret with which the server signs tokens: generated once in the data folder, readable by its owner only. */
import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, privateFolder } from './make-folder.ts'

export const minSecretLength = 32

/** Reads `<data>/secret`, or creates it with mode 0600. Two processes that start at once get the same secret. */
export async function loadOrMakeSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret')
  const found = await readSecret(path)
  if (found !== null) return found
  await makeFolder(dataDir, privateFolder)
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${randomBytes(36).toString('base64url')}\n`, { mode: 0o600 })
  try {
    // `link` fails where the file exists, so that the first process wins and no process reads a partial secret.
    await link(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  const secret = await readSecret(path)
  if (secret === null) throw new Error(`the secret in ${path} could not be read back`)
  return secret
}

async function readSecret(path: string): Promise<string | null> {
  let text: string
  try {
    text = (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  if (text.length < minSecretLength)
    throw new Error(`the secret in ${path} is shorter than ${minSecretLength} characters`)
  return text
}
