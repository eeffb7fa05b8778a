/**
 * How a package is built. The file tree stays as it is, so that `new URL('./writer-thread.js', import.meta.url)`
 * means the same in src and in dist.
 * @param {string} name a folder of packages/
 * @param {boolean} types whether to write declaration files, which needs typescript
 */
export function buildOptions(name, types) {
  const folder = `packages/${name}`
  return {
    cwd: folder,
    entry: ['src/**/*.{ts,tsx}', '!src/**/*.test.{ts,tsx}', '!src/**/*.contract.ts', '!src/**/*.fixture.ts'],
    outDir: 'dist',
    format: 'esm',
    platform: 'neutral',
    target: 'node20',
    unbundle: true,
    fixedExtension: false,
    outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
    // Without it, the members of a union come in the order in which files happen to be read.
    dts: types ? { compilerOptions: { stableTypeOrdering: true } } : false,
    sourcemap: true,
    clean: true,
    tsconfig: '../../tsconfig.json',
    // Every import of another package stays an import: nothing of node_modules goes into dist.
    deps: { neverBundle: [/^[^./]/] },
  }
}
