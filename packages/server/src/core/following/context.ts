/** What following all channels of a pattern needs. */
import type { LogContext } from '../log/context.ts'
import type { ChannelContext, ReadContext } from '../read/context.ts'

export type FollowerContext = ReadContext & Pick<LogContext, 'hubs'> & Pick<ChannelContext, 'durable'>
