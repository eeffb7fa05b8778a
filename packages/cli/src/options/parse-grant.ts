import { UsageFailure } from '../failures/usage-failure.ts'

const rights = ['read', 'write', 'signal', 'manage'] as const
export type Right = (typeof rights)[number]

export interface Grant {
  /** A channel's name; `*` stands for any characters. */
  readonly channel: string
  readonly can: readonly Right[]
}

const channelPattern = /^[A-Za-z0-9_.:~@*-]{1,128}$/

/**
 * `chat:*=read,write`
 * @throws UsageFailure
 */
export function parseGrant(text: string): Grant {
  const [channel = '', list = '', ...more] = text.split('=')
  if (!channelPattern.test(channel) || more.length > 0)
    throw new UsageFailure(`--grant: "${text}" is not one channel and its rights`)
  const can = list.split(',').map((word) => readRight(word.trim(), text))
  return { channel, can: [...new Set(can)] }
}

function readRight(word: string, text: string): Right {
  const right = rights.find((name) => name === word)
  if (right !== undefined) return right
  throw new UsageFailure(`--grant: "${text}" is not CHANNEL=RIGHTS with rights of ${rights.join(', ')}`)
}
