/** The tutorial shows the files of the template that `npm run outside -- templates` builds and drives. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const tutorial = new URL('../../../docs/tutorial.md', import.meta.url)
const layers = ['../templates/react/', '../templates/chat/', '../templates/common/'].map(
  (path) => new URL(path, import.meta.url),
)

async function fileOfTemplate(path: string): Promise<string> {
  const found = await Promise.allSettled(layers.map((layer) => readFile(new URL(path, layer), 'utf8')))
  return found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))[0] ?? 'no such file'
}

test('each file that the tutorial shows is the one of the template', async () => {
  const shown = [...(await readFile(tutorial, 'utf8')).matchAll(/^```tsx file=(\S+)\n([\s\S]*?)^```$/gm)]
  expect(shown.length).toBe(3)
  for (const [, path = '', text] of shown) expect([path, text]).toEqual([path, await fileOfTemplate(path)])
})
