/** Checks of the history that run at once, in a database whose answers arrive in any order. */
import { expect, test } from 'vitest'
import type { RawLink } from '../connection/connections.ts'
import type { SqlRow } from '../rows/rows.ts'
import { History } from './history.ts'

/** A primary with one row of history and the last transaction that changed a channel. */
class FakeDatabase {
  lastTouch = 10
  /** The row's id, as the last UPDATE wrote it. */
  id = 'first'
  number = 1
  renewals = 0

  answer(text: string, values: readonly unknown[]): readonly SqlRow[] {
    if (text.includes('pg_is_in_recovery')) return [[false]]
    if (text.includes('FROM (SELECT 1) AS one'))
      return [[this.number, this.id, '7', '00000001', true, '7', '00000001', String(this.lastTouch)]]
    if (text.startsWith('UPDATE dovetail.history')) {
      this.number = Number(values[0])
      this.id = String(values[1])
    }
    if (text.includes('UPDATE dovetail.channels')) this.renewals += 1
    return []
  }
}

/** A connection on which each answer is made at once, and arrives after `delay`. */
function linkTo(database: FakeDatabase, delay: (text: string) => Promise<void> = async () => undefined): RawLink {
  return {
    query: async (text, values = []) => {
      const rows = database.answer(text, values)
      await delay(text)
      return rows
    },
  }
}

async function begun(database: FakeDatabase): Promise<{ history: History; notices: string[] }> {
  const notices: string[] = []
  const history = new History((line) => notices.push(line))
  await history.begin(linkTo(database))
  return { history, notices }
}

/** What waits for `opened` waits until `open` is called. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

const isCheck = (text: string) => text.includes('AS one')

test('[P2] an answer that arrives after a newer one is no sign of lost commits', async () => {
  const database = new FakeDatabase()
  const { history, notices } = await begun(database)
  const { opened, open } = gate()
  const slow = history.check(linkTo(database, async (text) => (isCheck(text) ? opened : undefined)))
  database.lastTouch = 20
  await history.check(linkTo(database))
  open()
  expect(await slow).toBe('first')
  expect([database.renewals, notices]).toEqual([0, []])
  // What was seen by the newer answer still counts.
  database.lastTouch = 15
  expect(await history.check(linkTo(database))).not.toBe('first')
  expect([database.renewals, notices.length]).toEqual([1, 1])
})

test('[P2] a node that is about to renew the epochs compares with what it saw before it asked again', async () => {
  const database = new FakeDatabase()
  const { history, notices } = await begun(database)
  database.lastTouch = 5
  let asked = 0
  const { opened, open } = gate()
  // Its first answer lacks a commit, its second one has it and is late.
  const slow = history.check(
    linkTo(database, async (text) => {
      if (!isCheck(text)) return
      asked += 1
      if (asked === 1) database.lastTouch = 20
      if (asked === 2) await opened
    }),
  )
  await expect.poll(() => asked).toBe(2)
  database.lastTouch = 30
  await history.check(linkTo(database))
  open()
  expect(await slow).toBe('first')
  expect([database.renewals, notices]).toEqual([0, []])
})

test('[P2] a late answer of before the renewal does not bring the former history back', async () => {
  const database = new FakeDatabase()
  const { history, notices } = await begun(database)
  const { opened, open } = gate()
  const slow = history.check(linkTo(database, async (text) => (isCheck(text) ? opened : undefined)))
  // Another node has renewed the epochs meanwhile.
  database.number = 2
  database.id = 'second'
  expect(await history.check(linkTo(database))).toBe('second')
  open()
  // The connection is known by the history that it showed, and is replaced.
  expect(await slow).toBe('first')
  expect(history.id).toBe('second')
  expect([database.renewals, notices]).toEqual([0, []])
})
