/** `attacker.js KIND TARGET`: says when it is ready, attacks a server from `begin` to `end`, and says how it was answered. */
import { type Answers, attacks, type Target } from './attacks.ts'

const [kind = '', target = '{}'] = process.argv.slice(2)
const attack = attacks[kind]
if (attack === undefined) throw new Error(`no such attack: ${kind}`)
const answers: Answers = {}
process.on('message', (order) => {
  if (order === 'begin') void attack(JSON.parse(target) as Target, answers)
  else process.send?.(answers, () => process.exit(0))
})
process.send?.('ready')
