import { Link } from 'wouter'
import { Notice } from '../ui/notice.tsx'

export function NotFound() {
  return (
    <Notice title="There is no such page" action={<Link href="/chat">Go to the chat</Link>}>
      The address may be mistyped.
    </Notice>
  )
}
