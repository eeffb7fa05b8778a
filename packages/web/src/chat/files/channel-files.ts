import { createContext, useContext } from 'react'
import { serverPath } from '../../session/app-base.ts'
import type { AppClient } from '../../session/app-client.ts'

/**
 * chat/files/: how are the files of a message shown?
 *
 * Where the files of one channel are read.
 */
export interface ChannelFiles {
  /** The address for whoever may read the channel without a token; null: nobody may. */
  openAddress(id: string): string | null
  /** An address that needs no token, good for some minutes. Files that no record refers to yet have one too. */
  signedAddress(id: string): Promise<string>
}

export function openChannelFiles(client: AppClient, channel: string): ChannelFiles {
  const isOpen = channel.startsWith('chat:')
  const loading = () => import('dovetail-client/files').then(({ files }) => files(client, channel))
  let handle: ReturnType<typeof loading> | null = null
  return {
    openAddress: (id) => (isOpen ? serverPath(`/v1/channels/${encodeURIComponent(channel)}/files/${id}`) : null),
    signedAddress: async (id) => {
      handle ??= loading()
      return (await (await handle).address(id)).url
    },
  }
}

export const ChannelFilesContext = createContext<ChannelFiles | null>(null)

export function useChannelFiles(): ChannelFiles {
  const files = useContext(ChannelFilesContext)
  if (files === null) throw new Error('useChannelFiles is used outside of ChannelFilesContext')
  return files
}
