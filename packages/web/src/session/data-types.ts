import type { FileReference } from 'dovetail-client/files'

/** The data of each collection in the demo configuration. */
export interface MessageData extends Record<string, unknown> {
  text: string
  replyTo?: string
  files?: readonly FileReference[]
}
export interface ReactionData extends Record<string, unknown> {
  /** The message's id. */
  message: string
  emoji: string
}
export type Role = 'owner' | 'moderator' | 'member' | 'banned'
export interface MemberData extends Record<string, unknown> {
  user: string
  role: Role
  mutedUntil?: string
}
export interface QuoteData extends Record<string, unknown> {
  symbol: string
  price: number
}
/** A ship of the arena, the claim of a star, or an event of the compare page. */
export interface EntityData extends Record<string, unknown> {
  kind: 'ship' | 'star' | 'event'
}
export interface FeedbackData extends Record<string, unknown> {
  who: string
  mail: string
  message: string
  rating: number
}
export interface ChatCollections {
  messages: MessageData
  reactions: ReactionData
  members: MemberData
}

/** Data types by namespace and collection, for `createClient<DataTypes>`. */
export interface DataTypes {
  chat: ChatCollections
  dm: ChatCollections
  team: ChatCollections
  prices: { quotes: QuoteData }
  ticks: { quotes: QuoteData }
  game: { entities: EntityData }
  forms: { feedback: FeedbackData }
}
