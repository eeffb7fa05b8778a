import { describe, expect, test } from 'vitest'
import { demoConfig } from '../../demo-config.ts'
import { checkConfig } from './checked-config.ts'
import type { Config } from './policy-config.ts'

const vault = (namespace: object): Config =>
  ({ channels: { vault: { collections: { items: {}, members: {} }, ...namespace } } }) as Config

describe('a configuration', () => {
  test('of the demo is right', () => {
    expect(() => checkConfig(demoConfig)).not.toThrow()
    expect(() =>
      checkConfig(vault({ visibility: 'private', read: ['member', 'admin'], write: () => true })),
    ).not.toThrow()
  })

  const wrong: readonly (readonly [string, object, string])[] = [
    ['a misspelt key', { reed: 'member' }, 'configuration: "vault" has no "reed"; there are storage, visibility'],
    ['an unknown rule', { read: 'members' }, 'configuration: "vault.read" must be a function, one of "anyone"'],
    ['a user for a rule', { read: ['alice'] }, 'configuration: "vault.read" must be'],
    ['an unknown visibility', { visibility: 'secret' }, '"vault.visibility" must be one of "public", "private"'],
    ['no collections', { collections: undefined }, '"vault.collections" must be an object'],
    ['a misspelt key of a collection', { collections: { items: { serch: ['text'] } } }, '"vault.items" has no "serch"'],
    ['an id that is not a function', { collections: { items: { id: 'user' } } }, '"vault.items.id" must be a function'],
    [
      'an upgrade that is no function',
      { collections: { items: { schema: {}, upgrade: ['text'] } } },
      '"vault.items.upgrade" must be a list of functions',
    ],
    ['an upgrade to no schema', { collections: { items: { upgrade: [] } } }, 'but no "schema" to upgrade to'],
    ['an unknown delivery', { collections: { items: { deliver: 'newest' } } }, '"vault.items.deliver" must be one of'],
    [
      'an unknown type',
      { collections: { items: { schema: { type: 'object', properties: { at: { anyOf: [{ type: 'date' }] } } } } } },
      '"vault.items.schema.properties.at.anyOf.0.type" must be one of "array", "boolean"',
    ],
    [
      'private and no members',
      { visibility: 'private', collections: { items: {} } },
      '"vault" is private and has no collection "members"',
    ],
  ]
  test.each(wrong)('with %s is refused in words', (_what, namespace, words) => {
    expect(() => checkConfig(vault(namespace))).toThrow(words)
  })

  test('that is not given at all is refused in words', () => {
    expect(() => checkConfig(undefined as unknown as Config)).toThrow('configuration: there is none')
  })

  test('whose data has a field named type is right', () => {
    const schema = { type: 'object', properties: { type: { type: ['string', 'null'] } }, required: ['type'] }
    expect(() => checkConfig(vault({ collections: { items: { schema } } }))).not.toThrow()
  })

  test('private without members is right where somebody else may read', () => {
    expect(() =>
      checkConfig(vault({ visibility: 'private', read: 'service', collections: { items: {} } })),
    ).not.toThrow()
  })
})
