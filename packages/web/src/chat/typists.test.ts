import { expect, test } from 'vitest'
import { createTypists } from './typists.ts'

/** Typists with a clock turned by hand. */
function world() {
  const tasks = new Set<{ at: number; task: () => void }>()
  let now = 0
  const typists = createTypists({
    after: (ms, task) => {
      const entry = { at: now + ms, task }
      tasks.add(entry)
      return () => tasks.delete(entry)
    },
  })
  const turn = (ms: number) => {
    now += ms
    for (const entry of [...tasks]) {
      if (entry.at > now) continue
      tasks.delete(entry)
      entry.task()
    }
  }
  return { typists, turn, waiting: () => tasks.size }
}

test('who goes on writing stays, who falls silent goes after 5 s', () => {
  const { typists, turn } = world()
  typists.hear('ann', true)
  typists.hear('bob', true)
  turn(4000)
  typists.hear('ann', true)
  turn(1500)
  expect(typists.list()).toEqual(['ann'])
})

test('who says that they stopped goes at once, and nothing is left waiting', () => {
  const { typists, waiting } = world()
  typists.hear('ann', true)
  typists.hear('ann', false)
  expect(typists.list()).toEqual([])
  expect(waiting()).toBe(0)
})

test('the list is the same until somebody comes or goes', () => {
  const { typists } = world()
  typists.hear('ann', true)
  const before = typists.list()
  typists.hear('ann', true)
  expect(typists.list()).toBe(before)
})
