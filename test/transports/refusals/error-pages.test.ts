import { codes, type Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { serving } from '../../support/servers/serving.ts'

describe('[ERR1] where the `type` of a problem leads', () => {
  const server = serving({ guard: ['docs'] })

  test.each(Object.entries(codes))(
    '%s has a page that says what it means and what to do',
    async (code, { http, title }) => {
      const reply = await fetch(`${server.url}/docs/errors/${code}`)
      expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      const html = await reply.text()
      expect(html).toContain(`<h1>${title}</h1>`)
      expect(html).toContain(`<code>${code}</code>, status ${http}.`)
      expect(html).toMatch(/What it means<\/dt><dd>[A-Z][\s\S]+What to do<\/dt><dd>[A-Z]/)
    },
  )

  test('a refusal leads to the page of its code, and the page to the list of all', async () => {
    const refused = await fetch(`${server.url}/v1/channels/nowhere:x/messages`)
    const { type, code } = (await refused.json()) as Problem
    const page = new URL(type, refused.url)
    const html = await (await fetch(page)).text()
    expect([code, html]).toEqual(['not_found', expect.stringContaining('<code>not_found</code>')])
    const list = await fetch(new URL(/href="([^"]+)">All error codes/.exec(html)?.[1] ?? '', page))
    const links = [...(await list.text()).matchAll(/href="(errors\/[^"]+)"/g)].map(
      ([, link]) => new URL(link ?? '', list.url),
    )
    expect(links.map(({ pathname }) => pathname)).toEqual(Object.keys(codes).map((each) => `/docs/errors/${each}`))
  })

  test('a code that there is none of is 404', async () => {
    for (const name of ['nonsense', 'constructor']) {
      expect((await fetch(`${server.url}/docs/errors/${name}`)).status).toBe(404)
    }
  })
})
