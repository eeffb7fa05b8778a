import { expect, test } from 'vitest'
import { anonymous } from '../access/caller.ts'
import { Failure } from '../rules/failure.ts'
import { AppendQueue } from './append-queue.ts'
import type { WriteCommand } from './decide.ts'
import { WriteFailure } from './write-failure.ts'

const alice = { ...anonymous, user: 'alice' }
const append = (text: string, part: Partial<WriteCommand> = {}): WriteCommand => ({
  ...{ op: 'append', channel: 'chat:a', collection: 'messages', recordId: 'one' },
  data: [{ op: 'append', path: '/text', value: text }],
  ...part,
})

/** A store that commits one unit at a time, when `next` is called. */
class Commits {
  readonly units: string[][] = []
  readonly #under: ((error?: unknown) => void)[] = []

  readonly write = (_caller: unknown, commands: readonly WriteCommand[]): Promise<string[]> => {
    const texts = commands.map(({ data }) => (data as { value: string }[])[0]?.value ?? '')
    this.units.push(texts)
    return new Promise((resolve, reject) => {
      this.#under.push((error) => (error === undefined ? resolve(texts) : reject(error)))
    })
  }

  async next(error?: unknown): Promise<void> {
    this.#under.shift()?.(error)
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
}

test('[APP5] appends that come during a commit are committed together, in their order', async () => {
  const [queue, commits] = [new AppendQueue<string>(), new Commits()]
  const results = ['a', 'b', 'c'].map((text) => queue.add(alice, append(text), commits.write))
  const other = queue.add(alice, append('x', { recordId: 'two' }), commits.write)
  expect(commits.units).toEqual([['a'], ['x']])
  await commits.next()
  await commits.next()
  expect(commits.units).toEqual([['a'], ['x'], ['b', 'c']])
  await commits.next()
  expect(await Promise.all([...results, other])).toEqual(['a', 'b', 'c', 'x'])
})

test('[APP5] appends of another caller or with a precondition are committed alone', async () => {
  const [queue, commits] = [new AppendQueue<string>(), new Commits()]
  const bob = { ...alice, user: 'bob' }
  const calls = [
    [alice, append('a')],
    [alice, append('b')],
    [bob, append('c')],
    [alice, append('d', { ifExists: true })],
    [alice, append('e')],
  ] as const
  const results = calls.map(([caller, command]) => queue.add(caller, command, commits.write))
  for (const _ of calls) await commits.next()
  expect(commits.units).toEqual([['a'], ['b'], ['c'], ['d'], ['e']])
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('[APP5] a refused append holds back none of those committed with it; a store that fails fails all', async () => {
  const [queue, commits] = [new AppendQueue<string>(), new Commits()]
  const results = ['a', 'b', 'c', 'd'].map((text) => queue.add(alice, append(text), commits.write))
  const outcomes = Promise.allSettled(results)
  await commits.next()
  await commits.next(new WriteFailure(1, new Failure('too_large')))
  expect(commits.units.at(-1)).toEqual(['b', 'd'])
  await commits.next(new Failure('store_unavailable'))
  expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
  const later = queue.add(alice, append('e'), commits.write)
  await commits.next()
  expect(await later).toBe('e')
})
