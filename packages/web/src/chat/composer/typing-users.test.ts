import { expect, test } from 'vitest'
import { createTypingUsers } from './typing-users.ts'

/** Typing users whose clock the test sets. */
function world() {
  const tasks = new Set<{ at: number; task: () => void }>()
  let now = 0
  const typingUsers = createTypingUsers({
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
  return { typingUsers, turn, waiting: () => tasks.size }
}

test('a typing user stays while signals come, and is removed after 5 s without one', () => {
  const { typingUsers, turn } = world()
  typingUsers.update('ann', true)
  typingUsers.update('bob', true)
  turn(4000)
  typingUsers.update('ann', true)
  turn(1500)
  expect(typingUsers.list()).toEqual(['ann'])
})

test('a user who stops typing is removed at once, and leaves no timer', () => {
  const { typingUsers, waiting } = world()
  typingUsers.update('ann', true)
  typingUsers.update('ann', false)
  expect(typingUsers.list()).toEqual([])
  expect(waiting()).toBe(0)
})

test('the list of typing users stays the same object until a user is added or removed', () => {
  const { typingUsers } = world()
  typingUsers.update('ann', true)
  const before = typingUsers.list()
  typingUsers.update('ann', true)
  expect(typingUsers.list()).toBe(before)
})
