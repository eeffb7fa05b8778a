import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Identity } from './run-program.ts'

/** Debian keeps the programs of each version in a folder of its own, outside of the path. */
const debianFolder = '/usr/lib/postgresql'

/** The folder that has `initdb` and `postgres`, of the newest version. @throws Error where there is none. */
export function postgresPrograms(): string {
  const versions = foldersIn(debianFolder).sort((a, b) => Number(b) - Number(a))
  const folders = [
    ...versions.map((version) => join(debianFolder, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  const found = folders.find((folder) => ['initdb', 'postgres'].every((program) => isProgram(join(folder, program))))
  if (found === undefined) throw new Error('PostgreSQL is not installed (Debian package: postgresql)')
  return found
}

/** PostgreSQL refuses to run as root: it is run as the user that Debian's package makes for it. `null`: as we are. */
export function postgresIdentity(): Identity | null {
  if (process.getuid?.() !== 0) return null
  const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  if (line === null) throw new Error('PostgreSQL does not run as root, and there is no user "postgres"')
  return { uid: Number(line[1]), gid: Number(line[2]) }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
