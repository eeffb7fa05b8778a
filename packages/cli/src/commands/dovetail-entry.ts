import { fileURLToPath } from 'node:url'

/** The file of the `dovetail` command: built, or a source file of this checkout. */
export function dovetailEntry(): string {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  return fileURLToPath(new URL(`../main${extension}`, import.meta.url))
}
