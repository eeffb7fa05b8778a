/** The ways of reading that are compared, in the order of their lanes. */
export const candidateNames = ['poll', 'poll-etag', 'long-poll', 'sse', 'websocket'] as const
export type CandidateName = (typeof candidateNames)[number]
