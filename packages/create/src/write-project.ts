/** Writes a project from a template into an empty folder. */
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type TemplateName, templates } from './templates.ts'

const templatesFolder = fileURLToPath(new URL('../templates', import.meta.url))
const ownManifest = fileURLToPath(new URL('../package.json', import.meta.url))

/** The reason why no project was made, in one line. */
export class ProjectFailure extends Error {
  override readonly name = 'ProjectFailure'
}

/**
 * @param folder is made where it does not exist
 * @param node the version of Node that the project is made with
 * @throws ProjectFailure where the folder has files already
 */
export async function writeProject(
  folder: string,
  template: TemplateName,
  node: string = process.versions.node,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0) throw new ProjectFailure(`${folder} is not empty`)
  for (const layer of templates[template].layers) {
    await cp(join(templatesFolder, layer), folder, { recursive: true })
  }
  // npm leaves a file of its real name out of every package.
  await rename(join(folder, '_gitignore'), join(folder, '.gitignore'))
  const { version } = JSON.parse(await readFile(ownManifest, 'utf8')) as { version: string }
  const file = join(folder, 'package.json')
  const manifest = JSON.parse((await readFile(file, 'utf8')).replaceAll('"VERSION"', JSON.stringify(version)))
  const dependencies = { ...(hasSqlite(node) ? {} : sqlitePackage), ...manifest.dependencies }
  await writeFile(file, `${JSON.stringify({ ...manifest, name: packageName(folder), dependencies }, null, 2)}\n`)
}

/** What the server's store needs where Node has no SQLite of its own. */
const sqlitePackage = { '@photostructure/sqlite': '^1.2.1' }

/** Node has one that can be used from 22.16 on. */
function hasSqlite(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 16)
}

/** A valid name for a package, made of the folder's. */
export function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
  return name === '' ? 'my-app' : name
}
