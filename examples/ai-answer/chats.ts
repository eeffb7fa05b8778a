/** What the channels of these chats hold. A question has no `state`; `replyTo` of an answer is the id of its question. */
export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly text: string
  readonly replyTo?: string
  readonly state?: 'writing' | 'done' | 'stopped' | 'failed'
}

export interface Chats {
  readonly chat: { readonly messages: Turn }
}
