import { useRoute } from 'wouter'
import { findChannelName } from './chat/channels/channel-path.ts'

/** The channel that the open page shows, for the revision in the footer; null where it shows none. */
export function useShownChannel(): string | null {
  const [inChat, params] = useRoute('/chat/:channel')
  const [onPrices] = useRoute('/prices')
  const [inGame] = useRoute('/game')
  if (inChat && params.channel !== undefined) return findChannelName(params.channel)
  if (onPrices) return 'prices:demo'
  if (inGame) return 'game:arena'
  return null
}
