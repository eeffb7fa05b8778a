/** Requests and replies of the routes that follow all channels of a pattern: they are those of the socket. */
export { FollowedChannel, FollowedEnd, PatternReply, PatternRequest } from '../frames/pattern.ts'
