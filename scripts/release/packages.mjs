/** The packages that are published, in the order in which each comes after those that it depends on. */
import { join } from 'node:path'

/**
 * @typedef {object} Published
 * @property {string} folder a folder of packages/
 * @property {'both' | 'wrapped' | 'esm' | 'command'} formats `both`: every file as ESM and as CommonJS. `wrapped`: `require` gives
 *   the ES module itself, so that a process has one of it. `esm`: for `import` only. `command`:
 *   nothing to import.
 * @property {readonly string[]} [without] folders of dist/ that only a checkout needs
 * @property {Readonly<Record<string, string>>} [with] further files: path in the package → path in the checkout
 * @property {readonly string[]} [carries] packages of the checkout whose code or fonts these files have: the bill of
 *   materials names them
 * @property {string} [carriesListedIn] a file of the checkout that lists more of them, as Vite writes it
 */

/**
 * The files of the page at /docs, with the text of their licence, Apache 2.0. As a dependency, their package would
 * bring 14 others, of which nothing here is used.
 */
const swaggerUi = {
  'swagger-ui/swagger-ui.css': 'node_modules/@fastify/swagger-ui/static/swagger-ui.css',
  'swagger-ui/swagger-ui-bundle.js': 'node_modules/@fastify/swagger-ui/static/swagger-ui-bundle.js',
  'swagger-ui/LICENSE': 'node_modules/typescript/LICENSE.txt',
}

/** Two files that a comparison's report has in itself. As a dependency, their package would bring 0.5 MB more. */
const uPlot = {
  'uplot/uPlot.iife.min.js': 'node_modules/uplot/dist/uPlot.iife.min.js',
  'uplot/uPlot.min.css': 'node_modules/uplot/dist/uPlot.min.css',
  'uplot/LICENSE': 'node_modules/uplot/LICENSE',
}

/** What the web app's style sheets bring: Vite lists the scripts that it bundles, but not these. */
const ofStyles = ['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono', '@radix-ui/colors']

const licencesOfStyles = Object.fromEntries(
  ofStyles.map((name) => [`web/licences/${name.split('/').join('-')}.txt`, `node_modules/${name}/LICENSE`]),
)

/** @type {readonly Published[]} */
export const published = [
  { folder: 'protocol', formats: 'both' },
  { folder: 'client', formats: 'both' },
  { folder: 'server', formats: 'wrapped', with: swaggerUi, carries: ['@fastify/swagger-ui'] },
  { folder: 'lab', formats: 'esm', without: ['bench'], with: uPlot, carries: ['uplot'] },
  {
    folder: 'cli',
    formats: 'esm',
    with: { bin: 'packages/cli/bin', web: 'packages/web/dist', ...licencesOfStyles },
    carries: ofStyles,
    carriesListedIn: 'packages/web/dist/licences.json',
  },
  {
    folder: 'create',
    formats: 'command',
    with: { bin: 'packages/create/bin', templates: 'packages/create/templates' },
  },
]

/**
 * The folder from which a package's tarball is made.
 * @param {string} folder that of the tarballs
 * @param {Published} each
 */
export function stagedFolder(folder, each) {
  return join(folder, each.folder)
}
