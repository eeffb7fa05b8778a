import { chat } from './chat.ts'
import { feed } from './feed.ts'
import { game } from './game.ts'
import { prices } from './prices.ts'
import { quiet } from './quiet.ts'
import type { Workload } from './workload.ts'

export const standardWorkloads: readonly Workload[] = [chat, prices, game, quiet, feed]
