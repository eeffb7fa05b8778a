/** Requests and replies of the REST routes for API keys. */
import Type, { type Static } from 'typebox'
import { nullable } from '../nullable.ts'

const role = Type.Union([Type.Literal('service'), Type.Literal('admin'), Type.Literal('user')], {
  description: 'What the key may do, as the role of a token.',
})

export const ApiKeyRequest = Type.Object(
  {
    user: Type.String({ description: 'The user that the key speaks for, such as the name of the service.' }),
    role: Type.Optional(role),
  },
  { additionalProperties: false },
)
export type ApiKeyRequest = Static<typeof ApiKeyRequest>

export const ApiKey = Type.Object({
  id: Type.String({ description: 'What the key is called in the list, and by which it is revoked; it is no secret.' }),
  user: Type.String({ description: 'The user that the key speaks for.' }),
  role,
  createdAt: Type.String({ description: 'When the key was made: ISO 8601, UTC.' }),
  lastUsedAt: nullable(
    Type.String({ description: 'When the key was last presented, to a minute: ISO 8601, UTC; null: never.' }),
  ),
})
export type ApiKey = Static<typeof ApiKey>

export const NewApiKey = Type.Object({
  ...ApiKey.properties,
  key: Type.String({ description: 'The key itself, which is shown only here.' }),
})
export type NewApiKey = Static<typeof NewApiKey>

export const ApiKeyList = Type.Object({
  keys: Type.Array(ApiKey, { description: 'All keys, the oldest first.' }),
})
export type ApiKeyList = Static<typeof ApiKeyList>
