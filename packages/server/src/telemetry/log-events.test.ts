import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { logEvents } from './log-events.ts'

const page = new URL('../../../../docs/operating.md', import.meta.url)

test('docs/operating.md lists every event of the log, with its level and its members', async () => {
  const [, section = ''] = /\n### The log\n(.*?)\n### /s.exec(await readFile(page, 'utf8')) ?? []
  const rows = [...section.matchAll(/^\| `(\w+)` \| `(\w+)` \| (.*?) ?\| /gm)]
  const listed = rows.map(([, event, level, members = '']) => [
    event,
    { level, fields: [...members.matchAll(/`(\w+)`/g)].map(([, field]) => field) },
  ])
  expect(Object.fromEntries(listed)).toEqual(logEvents)
})
