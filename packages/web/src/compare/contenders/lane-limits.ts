/**
 * How many changes each lane's requests ask for at once: all more than there are, and each another number, since Resource
 * Timing tells one lane's requests from another's, and from those of the page itself, by nothing but their address.
 */
export const laneLimits = { poll: '499', 'poll-etag': '498', 'long-poll': '497' } as const
