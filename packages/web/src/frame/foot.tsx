import { useConnection } from '@dovetail/client/react'
import { lazy, Suspense, useRef, useState } from 'react'
import { useTraffic } from '../session/use-traffic.ts'
import { FootLine } from './foot-line.tsx'

const FrameInspector = lazy(() =>
  import('./frame-inspector.tsx').then((module) => ({ default: module.FrameInspector })),
)

export interface FootProps {
  /** The channel that the page shows. */
  channel: string | null
}

/** The foot of every page: the line, and over it the frames when they are asked for. */
export function Foot({ channel }: FootProps) {
  const state = useConnection()
  const { frames, lost, healed, revisions } = useTraffic()
  const line = useRef<HTMLButtonElement>(null)
  const [inspecting, setInspecting] = useState(false)
  const revision = channel === null ? null : (revisions.get(channel) ?? null)
  const close = () => {
    setInspecting(false)
    line.current?.focus()
  }
  return (
    <>
      {inspecting && (
        <Suspense fallback={null}>
          <FrameInspector frames={frames} onClose={close} />
        </Suspense>
      )}
      <FootLine
        ref={line}
        state={state}
        revision={revision}
        lost={lost}
        healed={healed}
        inspecting={inspecting}
        onInspect={() => setInspecting(!inspecting)}
      />
    </>
  )
}
