#!/usr/bin/env bash
# npm node 22.23.3 (its node:sqlite) and @photostructure/sqlite 1.2.1, both with the same SQLite file open in one process.
#
# One would guess: SQLite's locks keep two connections from writing at a time, whatever opened them, as they do between
#   two processes.
# What is so: both connections get the write lock by BEGIN IMMEDIATE. Each driver carries a copy of SQLite, POSIX locks
#   belong to the process, and a copy knows only its own connections. (SQLite documents it: "How To Corrupt", 2.2.1.) Two
#   connections of one driver exclude each other, and so do two processes with different drivers.
# Why it matters here: an application that opens the server's file in the server's process has to use the driver that
#   the server uses; with two, a few thousand short transactions damaged the file.
#
# Installs pinned packages into a temporary folder, opens no socket, ends in about a minute. Fails where the behaviour is
# another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
timeout 240 npm install --silent --no-audit --no-fund node@22.23.3 @photostructure/sqlite@1.2.1 >/dev/null
cat >see.mjs <<'JS'
import { spawnSync } from 'node:child_process'
import { DatabaseSync as OfNode } from 'node:sqlite'
import { DatabaseSync as OfPackage } from '@photostructure/sqlite'

function begin(Class) {
  const database = new Class('file.db', { timeout: 0 })
  try {
    database.exec('BEGIN IMMEDIATE')
    return 'has the lock'
  } catch (error) {
    return error.message
  } finally {
    database.close()
  }
}

if (process.argv[2] === 'other') {
  console.log(begin(OfPackage))
} else {
  const made = new OfNode('file.db')
  made.exec('PRAGMA journal_mode = WAL; CREATE TABLE numbers (number)')
  made.exec('BEGIN IMMEDIATE')
  const sameDriver = begin(OfNode)
  const otherProcess = spawnSync(process.execPath, ['see.mjs', 'other'], { encoding: 'utf8' }).stdout.trim()
  const otherDriver = begin(OfPackage)
  console.log({ sameDriver, otherProcess, otherDriver })
  const isLocked = [sameDriver, otherProcess].every((said) => said === 'database is locked')
  process.exit(isLocked && otherDriver === 'has the lock' ? 0 : 1)
}
JS
timeout 30 node_modules/.bin/node --no-warnings see.mjs
