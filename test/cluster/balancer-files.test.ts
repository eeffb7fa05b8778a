/** The nginx configurations in docs and deploy are the ones that the tests run. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { nginxConfig } from '../../packages/lab/src/services/nginx.ts'

const file = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

/** Directives, one a line, without what says where it runs. */
function directives(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .map((line) => line.replace(/^server \S+:\d+ (resolve )?/, 'server NODE ').replace(/^listen \S+;/, 'listen PORT;'))
    .filter((line) => line !== '')
}

/** What a temporary folder, an image's own name service or a larger limit of sockets needs. */
const surroundings =
  /^(worker_processes|pid|events|http \{|access_log|resolver|zone|(client_body|proxy|fastcgi|uwsgi|scgi)_temp_path)/

function tried(nodes: number, sticky: 'address' | null): string[] {
  const ports = Array.from({ length: nodes }, (_none, index) => 4600 + index)
  const text = nginxConfig({ ports, port: 80, folder: '/tmp', ...(sticky === null ? {} : { sticky }) })
  const all = directives(text)
  // The brace that ends `http`, too.
  return all.filter((line) => !surroundings.test(line)).slice(0, -1)
}

async function documented(): Promise<string> {
  return /^```nginx\n([\s\S]*?)^```$/m.exec(await file('docs/scaling.md'))?.[1] ?? ''
}

test('the tests run the round-robin nginx configuration of docs/scaling.md', async () => {
  expect(directives(await documented())).toEqual(tried(3, null))
})

test('the tests run the sticky nginx configuration of docs/scaling.md', async () => {
  const [, line = ''] = /`(ip_hash;)` as the first line of `upstream`/.exec(await file('docs/scaling.md')) ?? []
  const text = (await documented()).replace('upstream dovetail {', `upstream dovetail {\n${line}`)
  expect(directives(text)).toEqual(tried(3, 'address'))
})

test('the tests run the nginx configuration of deploy/nginx.conf', async () => {
  const all = directives(await file('deploy/nginx.conf')).filter((line) => !surroundings.test(line))
  expect(all.slice(0, -1)).toEqual(tried(1, null))
})
