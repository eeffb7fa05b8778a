import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStore as openPlace } from '../../../open.ts'
import { commit, recordOf, write } from '../../../ports/store-contract/store.fixture.ts'
import { Hosts } from '../../../postgres/hosts.ts'
import { migrate, migrations } from '../migrations/migrate.ts'
import { openPostgresStore } from '../open.ts'
import { Connections } from './connections.ts'
import { databases, openStore } from './databases.fixture.ts'

const { server, create } = (() => {
  const made = databases({ fsync: false })
  return { server: () => made.server, create: made.create }
})()

const databaseOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

describe('opening', () => {
  test('nodes that start at once on an empty database all use one schema', async () => {
    const url = await create()
    const stores = await Promise.all([0, 1, 2, 3].map(() => openStore(url)))
    await stores[0]?.saveProfile({ user: 'ana', name: 'Ana', avatar: null, about: null, guest: false })
    const seen = await Promise.all(stores.map((store) => store.profile('ana')))
    expect(seen.map((profile) => profile?.name)).toEqual(['Ana', 'Ana', 'Ana', 'Ana'])
    const versions = await server().psql('SELECT version FROM dovetail.migrations ORDER BY 1', databaseOf(url))
    expect(versions.split('\n')).toEqual(migrations.map(({ version }) => String(version)))
  })

  test('a database from before tombstones told who deleted them is brought up to date with all that it holds', async () => {
    const url = await create()
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    const client = await pool.connect()
    await migrate(
      client,
      migrations.filter(({ version }) => version < 5),
    )
    await client.query(`
      INSERT INTO dovetail.channels (name, epoch, head, floor, members_rev, created_at, visibility, deleted, touched)
        VALUES ('chat:general', 'e', 3, 0, 0, 1, 'public', false, pg_current_xact_id());
      INSERT INTO dovetail.records
        (channel, collection, id, pos, rev, author, created_at, updated_at, deleted, data)
        VALUES (1, 'messages', 'gone', 1, 3, 'ana', 1, 2, true, ''), (1, 'messages', 'a', 2, 2, 'ana', 1, 1, false, '{}')`)
    client.release()
    await pool.end()
    const store = await openStore(url)
    const tombstone = await recordOf(store, 'gone')
    expect(tombstone).toMatchObject({ deleted: true, author: 'ana' })
    expect(tombstone).not.toHaveProperty('deletedBy')
    await commit(store, write({ effect: 'delete', data: '', expectRev: 2, author: 'olga' }))
    expect(await recordOf(store, 'a')).toMatchObject({ deleted: true, author: 'ana', deletedBy: 'olga' })
  })

  test('a schema of a newer build is refused, and not changed', async () => {
    const url = await create()
    await (await openPostgresStore({ url })).close()
    await server().psql('INSERT INTO dovetail.migrations (version) VALUES (99)', databaseOf(url))
    await expect(openPostgresStore({ url })).rejects.toThrow(
      /^its schema is version 99, this build knows up to \d+: use a newer build$/,
    )
  })

  test('a database in another encoding than UTF-8 is refused', async () => {
    await server().psql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
    const url = server().url.replace(/[^/]*$/, 'latin')
    await expect(openPostgresStore({ url })).rejects.toThrow('its encoding is LATIN1, UTF8 is needed')
  })

  test('a database user that may use the schema but not create one can open the store', async () => {
    const url = await create()
    await (await openPostgresStore({ url })).close()
    await server().psql(
      `CREATE ROLE plain LOGIN; GRANT USAGE ON SCHEMA dovetail TO plain;
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dovetail TO plain`,
      databaseOf(url),
    )
    const store = await openStore(url.replace('dovetail@', 'plain@'))
    expect((await store.open({ name: 'chat:a', at: 1, visibility: 'public', title: null, owner: null })).made).toBe(
      true,
    )
  })

  test('[P9] a role that may not create the schema is told the statement that an administrator has to run', async () => {
    const url = await create()
    await server().psql('CREATE ROLE "Weak One" LOGIN')
    const weak = url.replace('dovetail@', 'Weak%20One@')
    const failure = await openPostgresStore({ url: weak }).catch((error: Error) => error)
    const statement = 'CREATE SCHEMA dovetail AUTHORIZATION "Weak One"'
    expect(failure).toMatchObject({
      message: `permission denied for database ${databaseOf(url)}; an administrator has to run: ${statement}`,
    })
    await server().psql(statement, databaseOf(url))
    const store = await openStore(weak)
    expect(await store.channels({ prefix: '', after: '', limit: 1 })).toEqual([])
  })

  test('[P9] a role without rights to the schema of another is told the statement that gives it that role', async () => {
    const url = await create()
    await (await openPostgresStore({ url })).close()
    await server().psql('CREATE ROLE stranger LOGIN')
    const theirs = url.replace('dovetail@', 'stranger@')
    const failure = await openPostgresStore({ url: theirs }).catch((error: Error) => error)
    const statement = 'GRANT dovetail TO "stranger"'
    expect(failure).toMatchObject({
      message: `permission denied for schema dovetail; an administrator has to run: ${statement}`,
    })
    await server().psql(statement, databaseOf(url))
    await openStore(theirs)
  })

  test.each([
    ['database', 'ALTER DATABASE "DB" SET default_transaction_read_only = on'],
    ['user', 'ALTER ROLE "reader" SET default_transaction_read_only = on'],
    ['database user', 'ALTER ROLE "reader" IN DATABASE "DB" SET default_transaction_read_only = on'],
  ])(
    '[P9] a server that takes no writes by a setting of the %s is told the statement that ends it',
    async (_of, setting) => {
      const url = await create()
      const name = databaseOf(url)
      await server().psql(`DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
      await server().psql(`GRANT CREATE ON DATABASE "${name}" TO reader`)
      await server().psql(setting.replace('DB', name))
      const theirs = url.replace('dovetail@', 'reader@')
      const failure = await openPostgresStore({ url: theirs }).catch((error: Error) => error)
      const statement = setting
        .replace('DB', name)
        .replace('SET default_transaction_read_only = on', 'RESET default_transaction_read_only')
      expect(failure).toMatchObject({
        message: `cannot execute CREATE SCHEMA in a read-only transaction; an administrator has to run: ${statement}`,
      })
      await server().psql(`SET default_transaction_read_only = off; ${statement}`)
      await openStore(theirs)
    },
  )

  test('[P4] sets its time limits after connecting, since poolers refuse them as parameters of the connection', async () => {
    const connections = new Connections({
      hosts: new Hosts(await create()),
      readers: 1,
      statementMs: 1234,
      connectMs: 10_000,
      silenceMs: 10_000,
      history: { id: '', begin: async () => undefined, check: async () => '' },
    })
    onTestFinished(() => connections.close())
    const [row] = await connections.ask(
      `SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'),
         (SELECT string_agg(source, ' ') FROM pg_settings WHERE name LIKE '%statement_timeout')`,
    )
    expect(row).toEqual(['1234ms', '1234ms', 'session'])
  })

  test('[P9] of several hosts it uses the one that answers and takes writes', async () => {
    const url = await create()
    const [, , after = ''] = url.split('@')[1]?.match(/^([^/]*)(.*)$/) ?? []
    const here = `127.0.0.1:${server().port}`
    const several = `postgres://dovetail@127.0.0.1:1,${here}${after}?target_session_attrs=read-write`
    const store = await openStore(several)
    expect(await store.channels({ prefix: '', after: '', limit: 1 })).toEqual([])
    await expect(openPostgresStore({ url: `postgres://dovetail@127.0.0.1:1,127.0.0.1:2${after}` })).rejects.toThrow(
      /^no host answers: 127\.0\.0\.1:1: .*ECONNREFUSED.*; 127\.0\.0\.1:2: .*ECONNREFUSED/,
    )
  })

  test('statements are not compiled, which would take longer than they do', async () => {
    const connections = new Connections({
      hosts: new Hosts(await create()),
      readers: 1,
      statementMs: 10_000,
      connectMs: 10_000,
      silenceMs: 10_000,
      history: { id: '', begin: async () => undefined, check: async () => '' },
    })
    onTestFinished(() => connections.close())
    const { rows } = await connections.bare((client) => client.query('SHOW jit'))
    expect(rows).toEqual([{ jit: 'off' }])
  })

  test('a store that can not be opened says why in one line, without the password', async () => {
    const closed = 'postgres://ana:secret-word@127.0.0.1:1/nowhere'
    await expect(openPlace(closed, '.')).rejects.toThrow(/^store: .*ECONNREFUSED 127\.0\.0\.1:1$/)
    const none = server()
      .url.replace(/[^/]*$/, 'nowhere')
      .replace('postgres:', 'postgresql:')
    await expect(openPlace(none, '.')).rejects.toThrow(/^store: .*database "nowhere" does not exist$/)
    for (const url of ['postgres://ana:secret-word@[/x', 'postgres://127.0.0.1:99999/x']) {
      const failure = await openPlace(url, '.').catch((error: unknown) => error)
      expect(failure).toMatchObject({ name: 'StartFailure' })
      expect(String(failure)).toMatch(/^StartFailure: store: [^\n]+$/)
      expect(String(failure)).not.toContain('secret-word')
    }
  })
})
