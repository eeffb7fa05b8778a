import { Download } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../../ui/icon-button.tsx'
import { useChannelFiles } from './channel-files.ts'
import type { MessageFile } from './message-file.ts'
import { saveFile } from './save-file.ts'

export interface SaveButtonProps {
  file: MessageFile
  onFailed: (failed: boolean) => void
}

/** Saves a file. Its address is asked for when it is pressed, since it is good for some minutes only. */
export function SaveButton({ file: { id, name }, onFailed }: SaveButtonProps) {
  const files = useChannelFiles()
  const [isBusy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    try {
      saveFile(await files.signedAddress(id), name)
      onFailed(false)
    } catch {
      onFailed(true)
    } finally {
      setBusy(false)
    }
  }
  return <IconButton icon={Download} label={`Download ${name}`} aria-busy={isBusy} onClick={() => void save()} />
}
