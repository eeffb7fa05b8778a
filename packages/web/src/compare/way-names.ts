/** The ways of reading that race, in the order of the lanes. */
export const wayNames = ['poll', 'poll-etag', 'long-poll', 'sse', 'websocket'] as const
export type WayName = (typeof wayNames)[number]
