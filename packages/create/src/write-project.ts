/** Writes a project from a template into an empty folder. */
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type TemplateName, templates } from './templates.ts'

const templatesFolder = fileURLToPath(new URL('../templates', import.meta.url))
const ownManifest = fileURLToPath(new URL('../package.json', import.meta.url))

/** The reason why no project was made, in one line. */
export class ProjectFailure extends Error {
  override readonly name = 'ProjectFailure'
}

export interface ProjectOptions {
  /** The version of Node that the project is made with. Default: this one. */
  readonly node?: string
  /** The folder of the tarballs of our packages; `null`: the registry has them. Default: `null`. */
  readonly packages?: string | null
}

/**
 * @param folder is made where it does not exist
 * @throws ProjectFailure where the folder has files already, or that of the tarballs has none
 */
export async function writeProject(
  folder: string,
  template: TemplateName,
  { node = process.versions.node, packages = null }: ProjectOptions = {},
): Promise<void> {
  const tarballs = packages === null ? {} : await tarballsIn(packages, folder)
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
  for (const name of Object.keys(dependencies)) dependencies[name] = tarballs[name] ?? dependencies[name]
  const project = { ...manifest, name: packageName(folder), dependencies, ...overridesOf(tarballs, dependencies) }
  await writeFile(file, `${JSON.stringify(project, null, 2)}\n`)
}

type Versions = Readonly<Record<string, string>>

/** Our packages by name, as the project names them. */
async function tarballsIn(packages: string, folder: string): Promise<Versions> {
  const files = await readdir(packages).catch(() => [])
  const found = files.flatMap((file) => {
    const name = /^(dovetail-[a-z]+)-\d+\.\d+\.\d+.*\.tgz$/.exec(file)?.[1]
    return name === undefined ? [] : [[name, `file:${posix(relative(folder, join(packages, file)))}`] as const]
  })
  if (found.length === 0) throw new ProjectFailure(`${packages} has no tarballs such as dovetail-client-1.2.3.tgz`)
  return Object.fromEntries(found)
}

const posix = (path: string): string => path.split(sep).join('/')

/** Ours want each other by version: they take each other's tarballs, too. */
function overridesOf(tarballs: Versions, dependencies: Versions): { readonly overrides?: Versions } {
  const names = Object.keys(tarballs)
  if (names.length === 0) return {}
  // What the project names itself has to be overridden by a reference to that (npm's EOVERRIDE).
  return {
    overrides: Object.fromEntries(
      names.map((name) => [name, name in dependencies ? `$${name}` : (tarballs[name] ?? '')]),
    ),
  }
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
