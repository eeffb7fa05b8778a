import { useEffect, useRef, useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { Field } from '../../../ui/forms/field.tsx'
import sectionStyles from '../../section.module.css'
import operatorStyles from '../operator.module.css'
import type { OperatorRequest } from '../operator-request.ts'
import { ChannelLog } from './channel-log.tsx'
import styles from './inspector.module.css'
import { RightsForm } from './rights-form.tsx'
import { useChannelLog } from './use-channel-log.ts'
import { WriteForm } from './write-form.tsx'

export interface ChannelInspectorProps {
  request: OperatorRequest
  /** The channel that is looked into; null: none yet. */
  channel: string | null
  onInspect: (channel: string) => void
}

/** One channel from inside: its log as it grows, a write to it, and what somebody may do there. */
export function ChannelInspector({ request, channel, onInspect }: ChannelInspectorProps) {
  const [text, setText] = useState(channel ?? '')
  const section = useRef<HTMLElement>(null)
  useEffect(() => {
    setText(channel ?? '')
    if (channel !== null) section.current?.scrollIntoView({ block: 'start' })
  }, [channel])
  return (
    <section ref={section} className={sectionStyles.section} aria-label="Channel inspector">
      <h2 className={sectionStyles.title}>Channel inspector</h2>
      <p className={sectionStyles.about}>
        One channel from inside, such as <code>chat:general</code>: its log as it grows, the revisions of a record, a
        write, and rights.
      </p>
      <form
        className={operatorStyles.line}
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() !== '') onInspect(text.trim())
        }}
      >
        <Field label="Channel">
          {(parts) => (
            <input
              {...parts}
              value={text}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" disabled={text.trim() === ''}>
          Look into it
        </Button>
      </form>
      {channel !== null && <Inspected key={channel} request={request} channel={channel} />}
    </section>
  )
}

function Inspected({ request, channel }: { request: OperatorRequest; channel: string }) {
  const log = useChannelLog(request, channel)
  if (log.facts === null) return <p role="status">{log.problem ?? 'Reading the channel'}</p>
  const { head, epoch, readers, collections } = log.facts
  return (
    <div className={styles.parts}>
      <p className={sectionStyles.about} role="status">
        {log.problem ??
          `Head ${log.head ?? head}, epoch ${epoch ?? 'none: nobody has written here'}, ${readers} reading on all nodes.`}
      </p>
      <ChannelLog changes={log.changes} />
      <div className={styles.forms}>
        <WriteForm request={request} channel={channel} collections={collections} />
        <RightsForm request={request} channel={channel} />
      </div>
    </div>
  )
}
