import { readFileSync } from 'node:fs'

const manifest: { version: string } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
)

/** The version of this package, which is that of the documents that it makes. The protocol's own is `VERSION`. */
export const releaseVersion = manifest.version
