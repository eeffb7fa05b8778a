import { Link } from 'wouter'
import { Notice } from '../ui/notice.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'

export function NotFound() {
  usePageTitle('No such page')
  return (
    <Notice title="There is no such page" action={<Link href="/chat">Go to the chat</Link>}>
      The address may be mistyped.
    </Notice>
  )
}
