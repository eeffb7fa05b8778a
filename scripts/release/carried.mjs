/** What the files of a published package have of other packages, as components of its bill of materials. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StepFailure } from '../steps.mjs'

/**
 * @param {import('./packages.mjs').Published} each
 * @param {string} root the checkout, which has them installed
 * @returns {Promise<{ type: string, name: string, version: string }[]>} by name, without a `bom-ref`
 */
export async function carriedComponents({ carries = [], carriesListedIn }, root) {
  const listed = carriesListedIn === undefined ? [] : JSON.parse(await readFile(join(root, carriesListedIn), 'utf8'))
  if (carriesListedIn !== undefined && listed.length === 0) throw new StepFailure(`${carriesListedIn} lists nothing`)
  const named = await Promise.all(carries.map((name) => manifestOf(name, root)))
  const all = [...listed.map(({ name, version, identifier }) => ({ name, version, license: identifier })), ...named]
  return all.sort((a, b) => (a.name < b.name ? -1 : 1)).map(component)
}

async function manifestOf(name, root) {
  return JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'))
}

function component({ name: fullName, version, license }) {
  const [group, name] = fullName.startsWith('@') ? fullName.split('/') : [undefined, fullName]
  return {
    type: 'library',
    ...(group === undefined ? {} : { group }),
    name,
    version,
    licenses: [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }],
    // `@` of a scope is written as %40 (package-url's type for npm).
    purl: `pkg:npm/${group === undefined ? '' : `${group.replace('@', '%40')}/`}${name}@${version}`,
    properties: [{ name: 'dovetail:carried', value: 'in files of the package, not installed beside it' }],
  }
}
