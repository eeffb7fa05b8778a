/**
 * `attacker.js KIND TARGET`: attacks a server until it is ended, and prints how it was answered. It stands for another
 * machine, so it leaves the processor to whoever measures on this one.
 */
import { setPriority } from 'node:os'
import { type Answers, attacks, type Target } from './attacks.ts'

setPriority(19)
const [kind = '', target = '{}'] = process.argv.slice(2)
const attack = attacks[kind]
if (attack === undefined) throw new Error(`no such attack: ${kind}`)
const answers: Answers = {}
process.on('message', () => {
  process.send?.(answers, () => process.exit(0))
})
await attack(JSON.parse(target) as Target, answers)
