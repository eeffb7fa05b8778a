import type { DovetailError } from 'dovetail-client'
import { formatSize } from '../files/format-size.ts'

export interface Failure {
  /** In a sentence. */
  readonly reason: string
  /** Whether the same file may be taken another time. */
  readonly mayRetry: boolean
}

/** Why a file was not uploaded. `mostBytes`: what the server takes for any file; null: unknown. */
export function describeFailure(
  error: DovetailError,
  file: Pick<File, 'size' | 'type'>,
  mostBytes: number | null,
): Failure {
  switch (error.code) {
    case 'too_large': {
      const most = mostBytes !== null && mostBytes < file.size ? `; at most ${formatSize(mostBytes)} are taken` : ''
      return { reason: `This file is too large: ${formatSize(file.size)}${most}.`, mayRetry: false }
    }
    case 'invalid_data': {
      if (!error.errors.some(({ pointer }) => pointer === '/type')) break
      const type = file.type === '' ? 'this type' : `the type ${file.type}`
      return { reason: `Files of ${type} are not taken here.`, mayRetry: false }
    }
    case 'forbidden':
      return { reason: 'You may not send files here.', mayRetry: false }
    case 'rate_limited':
      return { reason: 'These are too many files at once. Wait a little, then try again.', mayRetry: true }
    case 'network':
    case 'timeout':
      return { reason: 'The connection was lost.', mayRetry: true }
    default:
  }
  return { reason: error.detail ?? 'It could not be uploaded.', mayRetry: error.status >= 500 }
}
