/** The package.json of a tarball, made from the one of the workspace. */

/** The workspace's members that mean nothing to those who install the package. */
const internal = ['devDependencies', 'scripts', 'private']

/**
 * @param {Record<string, any>} manifest the workspace's package.json
 * @param {Record<string, any>} rootManifest the package.json of the checkout
 * @param {import('./packages.mjs').Published} published
 */
export function publishedManifest(manifest, rootManifest, published) {
  const kept = Object.fromEntries(Object.entries(manifest).filter(([name]) => !internal.includes(name)))
  const { repository } = rootManifest
  return {
    ...kept,
    repository: { ...repository, directory: `packages/${published.folder}` },
    homepage: `${repository.url.replace(/^git\+|\.git$/g, '')}#readme`,
    keywords: rootManifest.keywords,
    ...entries(manifest.exports, published.formats),
    files: [...new Set(['dist', ...Object.keys(published.with ?? {}), ...(manifest.files ?? []), 'CHANGELOG.md'])],
  }
}

/** `exports`, and for tools that do not read it `main` and `types`. */
function entries(exported, formats) {
  if (exported === undefined) return {}
  const paths = Object.entries(exported).map(([path, { types, default: file }]) => [path, entry(types, file, formats)])
  const root = exported['.']
  return {
    ...(root === undefined ? {} : { main: root.default, types: root.types }),
    exports: { ...Object.fromEntries(paths), './package.json': './package.json' },
  }
}

function entry(types, file, formats) {
  if (formats === 'esm') return { types, default: file }
  return {
    import: { types, default: file },
    require: { types: types.replace(/\.d\.ts$/, '.d.cts'), default: file.replace(/\.js$/, '.cjs') },
  }
}
