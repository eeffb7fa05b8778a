import { useSyncExternalStore } from 'react'
import type { Attachments } from './attachments.ts'

/** Whether the message can go: `failed` where a file was not uploaded, and has to be removed or uploaded again. */
export type AttachmentsState = 'none' | 'uploading' | 'ready' | 'failed'

export function useAttachmentsState(attachments: Attachments): AttachmentsState {
  return useSyncExternalStore(attachments.subscribe, () => stateOf(attachments))
}

function stateOf(attachments: Attachments): AttachmentsState {
  const states = attachments.getSnapshot().list.map(({ upload }) => upload.state)
  if (states.length === 0) return 'none'
  if (states.includes('failed')) return 'failed'
  return states.every((state) => state === 'uploaded') ? 'ready' : 'uploading'
}
