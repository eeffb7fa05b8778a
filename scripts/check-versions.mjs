/**
 * `check-versions.mjs [FOLDER]`: one version everywhere, that of the root package.json: in every package, in what the
 * packages want of each other, and in the image of the Kubernetes file. The OpenAPI and AsyncAPI documents read theirs
 * from the server's package.json.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { root, runScript, StepFailure } from './steps.mjs'

/** Members of a package.json that name other packages. */
const dependencyKinds = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']

const imageFile = 'deploy/kubernetes/dovetail.yaml'

await runScript(async () => {
  const folder = resolve(process.argv[2] ?? root)
  const { version } = await readJson(join(folder, 'package.json'))
  const faults = [...(await packageFaults(folder, version)), ...(await imageFaults(folder, version))]
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  if (faults.length > 0) throw new StepFailure(`${faults.length} versions are not ${version}`)
})

async function packageFaults(folder, version) {
  const names = (await readdir(join(folder, 'packages'))).sort()
  const manifests = await Promise.all(names.map((name) => readJson(join(folder, 'packages', name, 'package.json'))))
  const ours = new Set(manifests.map(({ name }) => name))
  return manifests.flatMap((manifest) => [
    ...(manifest.version === version ? [] : [`${manifest.name} is ${manifest.version}`]),
    ...wantedBy(manifest)
      .filter(([name, wanted]) => ours.has(name) && wanted !== version)
      .map(([name, wanted]) => `${manifest.name} wants ${name} ${wanted}`),
  ])
}

function wantedBy(manifest) {
  return dependencyKinds.flatMap((kind) => Object.entries(manifest[kind] ?? {}))
}

async function imageFaults(folder, version) {
  const text = await readFile(join(folder, imageFile), 'utf8')
  return [...text.matchAll(/image: dovetail:(\S+)/g)]
    .filter(([, tag]) => tag !== version)
    .map(([, tag]) => `${imageFile} has the image ${tag}`)
}

async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'))
}
