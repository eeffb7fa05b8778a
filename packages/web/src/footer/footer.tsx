import { useConnection } from 'dovetail-client/react'
import { lazy, Suspense, useRef, useState } from 'react'
import { StatusLine } from './status-line.tsx'
import { useTraffic } from './use-traffic.ts'

const FrameInspector = lazy(() =>
  import('./frame-inspector.tsx').then((module) => ({ default: module.FrameInspector })),
)

export interface FooterProps {
  /** The channel that the page shows. */
  channel: string | null
}

/**
 * footer/: how is the connection, and which frames passed on it?
 *
 * The status line under every page, and above it the frame inspector when it is opened.
 */
export function Footer({ channel }: FooterProps) {
  const state = useConnection()
  const { frames, lost, caughtUp, revisions } = useTraffic()
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
      <StatusLine
        ref={line}
        state={state}
        revision={revision}
        lost={lost}
        caughtUp={caughtUp}
        inspecting={inspecting}
        onInspect={() => setInspecting(!inspecting)}
      />
    </>
  )
}
