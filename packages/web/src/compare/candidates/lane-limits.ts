/**
 * The `limit` in each lane's requests: more changes than there are, and a different number for each lane. Resource Timing
 * identifies a request by its URL alone, and so can count it for its lane.
 */
export const laneLimits = { poll: '499', 'poll-etag': '498', 'long-poll': '497' } as const
