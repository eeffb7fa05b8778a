/** The configurations of the documents' pages, with the ports of a test. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))

export interface Ports {
  readonly listen: number
  readonly server: number
}

/** The fences of one language on a page, in their order. */
export async function documented(language: string, { listen, server }: Ports, page = 'proxies.md'): Promise<string[]> {
  const text = await readFile(`${docs}${page}`, 'utf8')
  const fences = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))]
  return fences.map(([, body = '']) =>
    body
      .replace('listen 80;', `listen 127.0.0.1:${listen};`)
      .replace('bind :80', `bind 127.0.0.1:${listen}`)
      .replace('<VirtualHost *:80>', `Listen 127.0.0.1:${listen}\n<VirtualHost 127.0.0.1:${listen}>`)
      .replace('http://:80 {', `http://:${listen} {`)
      .replace('http_port 80 ', `http_port 127.0.0.1:${listen} `)
      .replaceAll('127.0.0.1:4600', `127.0.0.1:${server}`)
      .replace('"4600"', `"${server}"`)
      .replace('127.0.0.1 parent 4600', `127.0.0.1 parent ${server}`),
  )
}
