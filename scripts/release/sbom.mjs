/**
 * A bill of materials (CycloneDX 1.6, JSON) of each package: what its production install brings, and what its own files
 * carry of other packages. Made from the installed tarball by CycloneDX's own tool, since `npm sbom` in a workspace
 * leaves out what another workspace wants too.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { npm } from '../npm.mjs'
import { root, run, StepFailure, step } from '../steps.mjs'
import { carriedComponents } from './carried.mjs'
import { published, stagedFolder } from './packages.mjs'
import { installTools } from './tools.mjs'

/** Ajv and its formats are what the tool validates with. */
const tools = {
  '@cyclonedx/cyclonedx-npm': '6.0.1',
  ajv: '8.20.0',
  'ajv-formats': '3.0.1',
  'ajv-formats-draft2019': '1.6.1',
}

const specVersion = '1.6'

/**
 * @param {readonly import('./pack.mjs').Tarball[]} tarballs
 * @param {string} packed the folder in which they were made
 * @param {string} folder
 * @returns {Promise<string[]>} the files, each NAME-VERSION.cdx.json
 */
export async function makeBills(tarballs, packed, folder) {
  const toolbox = join(folder, 'tools')
  await step('installing the tool for bills of materials', () => installTools(toolbox, tools))
  const files = []
  for (const [index, tarball] of tarballs.entries()) {
    const project = join(folder, published[index].folder)
    const file = join(folder, `${tarball.name}-${tarball.version}.cdx.json`)
    await step(`bill of materials of ${tarball.name}`, async () => {
      await installAlone(project, stagedFolder(packed, published[index]), tarballs)
      await runTool(toolbox, project, file)
      const bill = await withHashes(JSON.parse(await readFile(file, 'utf8')), project)
      const whole = withCarried(bill, await carriedComponents(published[index], root))
      await requireComplete(whole, project)
      const text = `${JSON.stringify(whole, null, 2)}\n`
      await validate(toolbox, text)
      await writeFile(file, text)
    })
    files.push(file)
  }
  return files
}

/** The package itself as the project, with nothing but what a production install of it brings. */
async function installAlone(project, staged, tarballs) {
  await mkdir(project, { recursive: true })
  const manifest = JSON.parse(await readFile(join(staged, 'package.json'), 'utf8'))
  const own = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]))
  const dependencies = Object.entries(manifest.dependencies ?? {}).map(([name, range]) => [name, own[name] ?? range])
  const alone = { ...manifest, dependencies: Object.fromEntries(dependencies), overrides: own }
  await writeFile(join(project, 'package.json'), JSON.stringify(alone, null, 2))
  const options = ['--omit=dev', '--omit=peer', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  await npm(['install', ...options, '--loglevel=error'], { cwd: project })
}

/** Without times and random numbers, so that the same packages give the same bill. */
function runTool(toolbox, project, file) {
  const program = join(toolbox, 'node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js')
  const options = ['--omit', 'dev', '--omit', 'peer', '--output-reproducible', '--mc-type', 'library']
  return run(process.execPath, [program, ...options, '--spec-version', specVersion, '-o', file], { cwd: project })
}

/** Gives each component the SHA-512 of its tarball, as npm has checked it. */
async function withHashes(bill, project) {
  const installed = await installedIn(project)
  const hash = (component) => {
    const path = component.properties?.find(({ name }) => name === 'cdx:npm:package:path')?.value
    const integrity = installed[path]?.integrity ?? ''
    const nested = component.components === undefined ? {} : { components: component.components.map(hash) }
    if (!integrity.startsWith('sha512-')) return { ...component, ...nested }
    const content = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex')
    return { ...component, ...nested, hashes: [{ alg: 'SHA-512', content }] }
  }
  return { ...bill, components: (bill.components ?? []).map(hash) }
}

function withCarried(bill, carried) {
  const ofPackage = bill.metadata.component['bom-ref']
  const components = carried.map((each) => ({
    ...each,
    'bom-ref': `${ofPackage}|carried|${each.purl}`,
  }))
  const refs = components.map((each) => each['bom-ref'])
  const dependencies = bill.dependencies.map((each) =>
    each.ref === ofPackage ? { ...each, dependsOn: [...(each.dependsOn ?? []), ...refs] } : each,
  )
  return {
    ...bill,
    components: [...bill.components, ...components],
    dependencies: [...dependencies, ...refs.map((ref) => ({ ref }))],
  }
}

/** A package that is installed and not in the bill would be one that nobody looks after. */
async function requireComplete(bill, project) {
  const named = new Set()
  const add = (component) => {
    for (const { name, value } of component.properties ?? []) if (name === 'cdx:npm:package:path') named.add(value)
    for (const each of component.components ?? []) add(each)
  }
  for (const component of bill.components) add(component)
  const missing = Object.keys(await installedIn(project)).filter((path) => !named.has(path))
  if (missing.length > 0) throw new StepFailure(`not in the bill of materials: ${missing.join(', ')}`)
}

async function installedIn(project) {
  const lock = join(project, 'node_modules/.package-lock.json')
  // npm writes none where nothing is installed.
  const text = await readFile(lock, 'utf8').catch(() => '{"packages":{}}')
  return JSON.parse(text).packages
}

async function validate(toolbox, text) {
  const library = createRequire(join(toolbox, 'package.json'))('@cyclonedx/cyclonedx-library')
  const fault = await new library.Validation.JsonStrictValidator(specVersion).validate(text)
  if (fault !== null) throw new StepFailure(`the bill of materials is invalid: ${JSON.stringify(fault).slice(0, 2000)}`)
}
