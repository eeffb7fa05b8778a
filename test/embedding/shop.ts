/**
 * `shop.ts FOLDER [publish]`: an application that takes orders, numbered from the last one on, into a table of its own in the
 * SQLite file of Dovetail, and tells of each within the same transaction; every fifth one it rolls back. Prints `open`,
 * then `done N` after each commit. With `publish` it serves nothing: another process has the file open.
 */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import { createDovetail } from 'dovetail-server'
import { testSecret } from '../support/servers/token-for.ts'
import { config } from './embedded.ts'

const [folder = '', mode = 'serve'] = process.argv.slice(2)
const options = { data: folder, secret: testSecret, sqliteDriver: '@photostructure/sqlite', log: 'fatal' } as const
if (mode === 'serve') await createDovetail({ config, ...options })
const database = new DatabaseSync(join(folder, 'dovetail.db'), { timeout: 20_000 })
database.exec('CREATE TABLE IF NOT EXISTS shop_orders (number INTEGER PRIMARY KEY)')
const order = database.prepare('INSERT INTO shop_orders (number) VALUES (?)')
const publish = database.prepare(
  `INSERT INTO dovetail_outbox (channel, collection, data) VALUES (?, 'events', json_object('state', ?))`,
)
const last = database.prepare('SELECT coalesce(max(number), 0) AS number FROM shop_orders').get() as { number: number }
writeSync(1, 'open\n')
for (let number = last.number + 1; ; number++) {
  database.exec('BEGIN IMMEDIATE')
  order.run(number)
  publish.run(`orders:${number % 2}`, String(number))
  database.exec(number % 5 === 0 ? 'ROLLBACK' : 'COMMIT')
  writeSync(1, `done ${number}\n`)
  await sleep(2)
}
