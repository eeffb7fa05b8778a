/** The packages that are published, in the order in which each comes after those that it depends on. */

/**
 * @typedef {object} Published
 * @property {string} folder a folder of packages/
 * @property {'both' | 'wrapped' | 'esm' | 'command'} formats `both`: every file as ESM and as CommonJS. `wrapped`: `require` gives
 *   the ES module itself, so that a process has one of it. `esm`: for `import` only. `command`:
 *   nothing to import.
 * @property {readonly string[]} [without] folders of dist/ that only a checkout needs
 * @property {Readonly<Record<string, string>>} [with] further files: path in the package → path in the checkout
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

/** @type {readonly Published[]} */
export const published = [
  { folder: 'protocol', formats: 'both' },
  { folder: 'client', formats: 'both' },
  { folder: 'server', formats: 'wrapped', with: swaggerUi },
  { folder: 'lab', formats: 'esm', without: ['bench'] },
  { folder: 'cli', formats: 'esm', with: { bin: 'packages/cli/bin', web: 'packages/web/dist' } },
  {
    folder: 'create',
    formats: 'command',
    with: { bin: 'packages/create/bin', templates: 'packages/create/templates' },
  },
]
