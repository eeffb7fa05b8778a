import type { ChannelFacts } from '../../ports/store.ts'

/** Nothing was ever written but the membership that the channel was opened with. */
export function isUntouched({ head, membersRev }: Pick<ChannelFacts, 'head' | 'membersRev'>): boolean {
  return head === 0 || (head === 1 && membersRev === 1)
}
