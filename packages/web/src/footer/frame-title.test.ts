import { expect, test } from 'vitest'
import { frameTitle } from './frame-title.ts'

test.each([
  [{ op: 'changes', channel: 'a', from: 3, to: 5, changes: [] }, 'changes 3→5'],
  [{ id: 7, op: 'create', channel: 'a' }, 'create 7'],
  [{ op: 'goaway', reconnectInMs: 5 }, 'goaway'],
  [{ id: 7, ok: { record: {} } }, 'ok 7'],
  [{ id: 7, error: { code: 'forbidden', detail: '' } }, 'error forbidden'],
  [{ method: 'GET', path: '/v1/me' }, 'GET /v1/me'],
  ['half a fra', 'text'],
])('the frame %j has the title %j', (frame, title) => {
  expect(frameTitle(frame)).toBe(title)
})
