/**
 * Stands in for `dovetail serve`, and kills itself by SIGKILL at a commit that holds the word, once it is committed or
 * before; or at the third commit of deletes.
 */
import { through } from '../join/through.ts'
import { serveArguments, serveWith } from './serve-with.ts'

const { DOVETAIL_KILL: moment } = process.env

let deletes = 0

function dieWhere(holdsTheWord: boolean): void {
  if (holdsTheWord) process.kill(process.pid, 'SIGKILL')
}

await serveWith(serveArguments(), {
  adapters: {
    store: (store) => ({
      ...through(store),
      commit: async (group) => {
        if (group.some(({ writes }) => writes.some(({ effect }) => effect === 'delete'))) deletes += 1
        const isMarked = group.some(({ writes }) => writes.some(({ data }) => data.includes('the last word')))
        dieWhere(isMarked && moment === 'before the commit')
        const outcomes = await store.commit(group)
        dieWhere(isMarked && moment === 'after the commit')
        dieWhere(deletes === 3 && moment === 'at the third commit of deletes')
        return outcomes
      },
    }),
  },
})
