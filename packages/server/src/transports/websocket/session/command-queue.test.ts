import { expect, test } from 'vitest'
import { CommandQueue } from './command-queue.ts'

/** A command queue whose commands end, and whose peer reads replies, when the test says so. */
function world() {
  const begun: number[] = []
  const commandQueue = new CommandQueue<number>()
  let canWrite = true
  const beginWaiting = () => {
    for (let next = commandQueue.next(canWrite); next !== null; next = commandQueue.next(canWrite)) begun.push(next)
  }
  return {
    begun,
    commandQueue,
    fill: () => {
      canWrite = false
    },
    drain: () => {
      canWrite = true
      beginWaiting()
    },
    take: (from: number, to: number) => {
      for (let command = from; command <= to; command++) if (commandQueue.take(command, canWrite)) begun.push(command)
    },
    end: (times: number) => {
      for (let ended = 0; ended < times; ended++) {
        commandQueue.ended()
        beginWaiting()
      }
    },
    release: () => {
      commandQueue.release()
      beginWaiting()
    },
  }
}
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test('a command queue runs 256 commands at once; the others wait in order, and the queue is full meanwhile', () => {
  const { begun, commandQueue, take, end } = world()
  take(1, 600)
  expect([begun, commandQueue.isFull]).toEqual([upTo(256), true])
  end(100)
  expect([begun, commandQueue.isFull]).toEqual([upTo(356), true])
  end(256)
  expect([begun, commandQueue.isFull]).toEqual([upTo(600), false])
})

test('a command queue begins no command while the peer reads none of its replies', () => {
  const { begun, commandQueue, take, end, fill, drain } = world()
  take(1, 2)
  fill()
  take(3, 5)
  end(2)
  expect([begun, commandQueue.isFull]).toEqual([[1, 2], true])
  drain()
  expect([begun, commandQueue.isFull]).toEqual([upTo(5), false])
  take(6, 6)
  expect(begun).toEqual(upTo(6))
})

test('a held command queue begins its commands in order at the release, or drops them unbegun', () => {
  const { begun, commandQueue, take, release } = world()
  commandQueue.hold()
  take(1, 2)
  expect([begun, commandQueue.isFull]).toEqual([[], false])
  release()
  expect(begun).toEqual([1, 2])
  commandQueue.hold()
  take(3, 300)
  expect([begun, commandQueue.isFull]).toEqual([[1, 2], true])
  expect(commandQueue.drop()).toEqual(upTo(300).slice(2))
  expect([begun, commandQueue.isFull]).toEqual([[1, 2], false])
})
