import { useRoute } from 'wouter'
import { channelIn } from '../chat/channel-path.ts'

/** The channel that the open page is about, for the foot line's revision; null where there is none. */
export function useShownChannel(): string | null {
  const [inChat, params] = useRoute('/chat/:channel')
  const [onPrices] = useRoute('/prices')
  const [inGame] = useRoute('/game')
  if (inChat && params.channel !== undefined) return channelIn(params.channel)
  if (onPrices) return 'prices:demo'
  if (inGame) return 'game:arena'
  return null
}
