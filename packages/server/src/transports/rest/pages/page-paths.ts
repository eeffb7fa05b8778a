/** Which paths are pages of the web app, by the file `pages.json` in the folder of the web app. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A path segment that stands for any name, as in `/chat/:channel`. */
const anyName = /^:/

/**
 * @param webRoot the folder of the built web app
 * @returns whether a path (no query) is a page; where the folder has no `pages.json`, only `/` is one
 */
export async function pagePaths(webRoot: string): Promise<(path: string) => boolean> {
  const text = await readFile(join(webRoot, 'pages.json'), 'utf8').catch(() => '["/"]')
  const patterns = (JSON.parse(text) as string[]).map((pattern) => pattern.split('/'))
  return (path) => {
    const parts = path.split('/')
    return patterns.some(
      (pattern) => pattern.length === parts.length && pattern.every((part, i) => fits(part, parts[i])),
    )
  }
}

function fits(pattern: string, part: string | undefined): boolean {
  return anyName.test(pattern) ? part !== '' : pattern === part
}
