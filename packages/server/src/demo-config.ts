/**
 * The demo configuration: chat, private channels, prices, a game, forms and documents. To start from it, copy it as
 * `dovetail.config.ts` and change what you need.
 */
import { createHash } from 'node:crypto'
import Type from 'typebox'
import { defineConfig } from './config.ts'
import { fileReference } from './file-reference.ts'

/**
 * At least one visible character: not white space, a joiner, a filler or the empty Braille cell. An empty text passes
 * here: a message needs none where it has files, and `minLength` refuses it elsewhere in its own words.
 */
const visibleText = '^$|[^\\s\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}\\u2800]'

const Message = Type.Object(
  {
    text: Type.String({ maxLength: 8000, pattern: visibleText }),
    replyTo: Type.Optional(Type.String({ maxLength: 128 })),
    files: Type.Optional(Type.Array(fileReference(), { minItems: 1, maxItems: 10 })),
  },
  { if: { required: ['files'] }, else: { properties: { text: { minLength: 1 } } } },
)

const Reaction = Type.Object({
  message: Type.String({ minLength: 1, maxLength: 128 }),
  emoji: Type.String({ minLength: 1, maxLength: 64 }),
})

const Member = Type.Object({
  user: Type.String({ pattern: '^[A-Za-z0-9_.:@+-]{1,128}$' }),
  role: Type.Union([Type.Literal('owner'), Type.Literal('moderator'), Type.Literal('member'), Type.Literal('banned')]),
  mutedUntil: Type.Optional(
    Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)$' }),
  ),
})

/**
 * One id per author, message and emoji, so that nobody adds a reaction twice. The spellings of an emoji give the same id:
 * with or without a variation selector, composed or decomposed (Unicode NFC and NFD).
 */
function reactionId(data: Record<string, unknown>, author: string): string {
  const emoji = String(data.emoji)
    .normalize('NFC')
    .replaceAll(/[\ufe0e\ufe0f]/g, '')
  return createHash('sha256')
    .update(JSON.stringify([author, data.message, emoji]))
    .digest('base64url')
    .slice(0, 22)
}

/** One membership per user. A user name may contain `+`, which a record id may not; `~` stands for it there. */
function memberId(data: Record<string, unknown>): string {
  return String(data.user).replaceAll('+', '~')
}

function chatCollections<const Rule extends 'guest' | 'member'>(write: Rule) {
  return {
    messages: { schema: Message, search: ['text'], write, edit: 'author', delete: ['author', 'moderator'] },
    reactions: { schema: Reaction, id: reactionId, write, edit: 'nobody', delete: 'author', unread: false },
    members: { schema: Member, id: memberId, write: 'moderator' },
  } as const
}

/** Pictures, sound, films, and what people send each other. A browser saves what is not shown in a message. */
const files = {
  types: ['image/*', 'audio/*', 'video/*', 'text/plain', 'text/csv', 'application/pdf', 'application/zip'],
} as const

const privateChat = {
  visibility: 'private',
  create: 'guest',
  signals: 'member',
  presence: true,
  files,
  collections: chatCollections('member'),
} as const

const Quote = Type.Object({ symbol: Type.String({ minLength: 1, maxLength: 32 }), price: Type.Number() })

export const demoConfig = defineConfig({
  guests: true,
  channels: {
    chat: {
      read: 'anyone',
      write: 'guest',
      create: 'guest',
      signals: 'guest',
      presence: true,
      files,
      collections: chatCollections('guest'),
    },
    dm: privateChat,
    team: privateChat,
    prices: {
      storage: 'memory',
      create: 'service',
      signals: 'service',
      collections: { quotes: { schema: Quote, deliver: 'latest', write: 'service', edit: 'service' } },
    },
    ticks: {
      storage: 'memory',
      create: 'service',
      signals: 'service',
      collections: { quotes: { schema: Quote, write: 'service', edit: 'service' } },
    },
    game: {
      storage: 'memory',
      create: 'guest',
      signals: 'guest',
      presence: true,
      collections: { entities: { write: 'guest', edit: 'author' } },
    },
    forms: {
      read: 'admin',
      create: 'admin',
      signals: 'nobody',
      collections: {
        feedback: {
          schema: Type.Object(
            {
              who: Type.String({ minLength: 1, maxLength: 200 }),
              mail: Type.String({ minLength: 3, maxLength: 320, pattern: '^[^@\\s]+@[^@\\s]+$' }),
              message: Type.String({ minLength: 1, maxLength: 8000 }),
              rating: Type.Integer({ minimum: 1, maximum: 5 }),
            },
            { additionalProperties: false },
          ),
          write: 'guest',
          edit: 'nobody',
          delete: 'admin',
        },
      },
    },
    docs: {
      read: 'anyone',
      create: 'service',
      signals: 'nobody',
      collections: {
        articles: {
          schema: Type.Object({
            title: Type.String({ minLength: 1, maxLength: 500 }),
            text: Type.String({ maxLength: 60_000 }),
          }),
          search: ['title', 'text'],
          write: 'service',
          edit: 'service',
        },
      },
    },
  },
})
