import { Live } from './live.tsx'

export default function Page() {
  return <Live />
}
