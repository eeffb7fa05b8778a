import type { ClientState } from 'dovetail-client'
import { useConnection } from 'dovetail-client/react'
import { lazy, Suspense, useRef, useState } from 'react'
import { isOffline } from './device-network.ts'
import { StatusLine } from './status-line.tsx'
import { useDeviceNetwork } from './use-device-network.ts'
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
  const connection = useConnection()
  const device = useDeviceNetwork()
  const { frames, lost, caughtUp, revisions } = useTraffic()
  const lastFrameAt = frames.findLast(({ direction }) => direction === 'down')?.at ?? null
  const state = isOffline(device, lastFrameAt) ? withoutNetwork(connection) : connection
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

/** The connection learns of it later, when an answer stays away; a page that needs none never does. */
function withoutNetwork({ transport, rttMs, lastError, user }: ClientState): ClientState {
  return { name: 'offline', transport, rttMs, lastError, user }
}
