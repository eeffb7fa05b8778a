/** Installs the tarballs into empty projects, and uses them as a stranger would. */
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from '../npm.mjs'
import { run, StepFailure, step } from '../steps.mjs'
import { installedSize } from './installed-size.mjs'
import { useServe, useWithoutDrivers } from './use-serve.mjs'

const projects = fileURLToPath(new URL('projects/', import.meta.url))

/** The most that all our packages may bring, themselves counted, without drivers: 80, and `create-dovetail`. */
const mostPackages = 81
const mostMegabytes = 50

/** What a project that compiles against the packages installs besides them. */
const typeScript = { typescript: '6.0.3', '@types/node': '20.19.43', '@types/react': '19.3.0', react: '19.3.1' }

/**
 * @param {readonly import('./pack.mjs').Tarball[]} tarballs
 * @param {string} folder
 */
export async function useTarballs(tarballs, folder) {
  const plain = join(folder, 'plain')
  await step('installing the tarballs into an empty project', () => makeProject(plain, tarballs))
  await step('measuring the installation', () => checkSize(plain))
  await step('asking for drivers that are not there', () => useWithoutDrivers(plain))
  await step('installing SQLite for Node before 22.16', () =>
    npm(['install', '--no-audit', '--no-fund', '--loglevel=error', '@photostructure/sqlite@1'], { cwd: plain }),
  )
  await cp(join(projects, 'node'), plain, { recursive: true })
  for (const program of ['imports.mjs', 'requires.cjs']) {
    await step(`running ${program}`, () => run(process.execPath, [program], { cwd: plain }))
  }
  await step('dovetail serve, with its web app', () => useServe(plain))
  const typed = join(folder, 'typed')
  await step('installing the tarballs beside TypeScript', () => makeProject(typed, tarballs, typeScript))
  await cp(join(projects, 'types'), typed, { recursive: true })
  for (const [title, args] of compilations()) {
    const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
    await step(`tsc: ${title}`, () => run(process.execPath, [compiler, ...args], { cwd: typed }))
  }
}

/**
 * An empty project with these tarballs and packages installed.
 * @param {string} folder
 * @param {readonly import('./pack.mjs').Tarball[]} tarballs
 * @param {Readonly<Record<string, string>>} [others] name → version
 */
export async function makeProject(folder, tarballs, others = {}) {
  await mkdir(folder, { recursive: true })
  const files = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]))
  // Ours want each other by version, which no registry has before the release.
  const manifest = { name: 'project', private: true, dependencies: { ...files, ...others }, overrides: files }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  await npm(['install', '--no-audit', '--no-fund', '--loglevel=error', '--legacy-peer-deps=false'], { cwd: folder })
}

async function checkSize(folder) {
  const { packages, megabytes } = await installedSize(join(folder, 'node_modules'))
  process.stderr.write(`  ${packages} packages, ${megabytes.toFixed(1)} MB\n`)
  if (packages > mostPackages || megabytes > mostMegabytes)
    throw new StepFailure(`more than ${mostPackages} packages or ${mostMegabytes} MB are installed`)
}

/** Each way of resolving modules, from ES modules and from CommonJS, with the DOM library and without it. */
function compilations() {
  const strict = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    'false',
    '--target',
    'es2022',
    '--types',
    'node',
    '--jsx',
    'react-jsx',
  ]
  const libraries = { 'with the DOM library': 'es2023,dom,dom.iterable', 'without the DOM library': 'es2023' }
  const modules = {
    bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
    node16: ['--module', 'node16'],
    nodenext: ['--module', 'nodenext'],
  }
  return Object.entries(modules).flatMap(([resolution, options]) =>
    Object.entries(libraries).flatMap(([title, lib]) => {
      const files = filesOf(resolution)
      return [[`${resolution}, ${title}`, [...strict, ...options, '--lib', lib, ...files]]]
    }),
  )
}

/** What has to compile: the DOM types that React's own declarations want are not asked for. */
function filesOf(resolution) {
  const modules = ['typed.mts', 'hooks.mts']
  return resolution === 'bundler' ? modules : [...modules, 'typed.cts']
}
