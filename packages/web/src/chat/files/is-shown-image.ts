/** What pages show as an image: types that every browser decodes, and that the server lets a page load. */
const shown: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

export function isShownImage(type: string): boolean {
  return shown.has(type)
}
