/** Which paths are pages of the web app, by the file `pages.json` in the folder of the web app. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A path segment that stands for any name, as in `/chat/:channel`. */
const anyName = /^:/

export interface PagePaths {
  /** Such as `/chat/:channel`. */
  readonly patterns: readonly string[]
  /** Whether a path (no query) is a page. */
  isPage(path: string): boolean
}

/** @param webRoot the folder of the built web app; where it has no `pages.json`, only `/` is a page */
export async function pagePaths(webRoot: string): Promise<PagePaths> {
  const text = await readFile(join(webRoot, 'pages.json'), 'utf8').catch(() => '["/"]')
  const patterns = JSON.parse(text) as string[]
  const split = patterns.map((pattern) => pattern.split('/'))
  return {
    patterns,
    isPage: (path) => {
      const parts = path.split('/')
      return split.some(
        (pattern) => pattern.length === parts.length && pattern.every((part, i) => fits(part, parts[i])),
      )
    },
  }
}

function fits(pattern: string, part: string | undefined): boolean {
  return anyName.test(pattern) ? part !== '' : pattern === part
}
