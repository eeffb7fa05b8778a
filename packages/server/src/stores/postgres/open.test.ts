import { describe, expect, test } from 'vitest'
import { openStore as openPlace } from '../../open.ts'
import { openPostgresStore } from '../postgres.ts'
import { databases, openStore } from './databases.fixture.ts'
import { migrations } from './migrate.ts'

const { server, create } = (() => {
  const made = databases({ fsync: false })
  return { server: () => made.server, create: made.create }
})()

const databaseOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

describe('opening', () => {
  test('nodes that start at once on an empty database all find the one schema', async () => {
    const url = await create()
    const stores = await Promise.all([0, 1, 2, 3].map(() => openStore(url)))
    await stores[0]?.saveProfile({ user: 'ana', name: 'Ana', avatar: null, about: null, guest: false })
    const seen = await Promise.all(stores.map((store) => store.profile('ana')))
    expect(seen.map((profile) => profile?.name)).toEqual(['Ana', 'Ana', 'Ana', 'Ana'])
    const versions = await server().psql('SELECT version FROM dovetail.migrations ORDER BY 1', databaseOf(url))
    expect(versions.split('\n')).toEqual(migrations.map(({ version }) => String(version)))
  })

  test('a schema of a newer build is refused, and left as it is', async () => {
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

  test('a user that may use the schema but not make one can open it', async () => {
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

  test('what can not be opened is told in one line, without the password', async () => {
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
