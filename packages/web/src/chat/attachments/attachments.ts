import type { DovetailError } from 'dovetail-client'
import type { FileReference, UploadOptions } from 'dovetail-client/files'
import { describeFailure } from './describe-failure.ts'

export type AttachmentUpload =
  | { readonly state: 'waiting' }
  | { readonly state: 'uploading' /** In bytes. */; readonly sent: number }
  | { readonly state: 'uploaded'; readonly reference: FileReference }
  | { readonly state: 'failed'; readonly reason: string; readonly mayRetry: boolean }

/** A file that goes with the message that is being written. */
export interface Attachment {
  readonly key: number
  readonly file: File
  readonly name: string
  /** What it shows, in words, as the writer says. */
  readonly alt: string
  readonly upload: AttachmentUpload
}

/** Immutable; the same object until something changes. */
export interface AttachmentsSnapshot {
  readonly list: readonly Attachment[]
  /** Why files were not added; null: all were. */
  readonly note: string | null
}

export interface AttachmentsOptions {
  readonly upload: (file: File, options: UploadOptions) => Promise<FileReference>
  /** In pixels; null: the file is no image that pages show. */
  readonly readSize: (file: File) => Promise<{ width: number; height: number } | null>
  /** The most bytes that the server takes for a file; null: it does not say. */
  readonly mostBytes: () => Promise<number | null>
}

/** As many as the demo configuration's schema lets a message have. */
export const maxAttachments = 10
/** Fewer than the server takes of one user at once, so that another tab can upload too. */
const atOnce = 3
const maxNameLength = 255

const none: AttachmentsSnapshot = { list: [], note: null }

/**
 * chat/attachments/: which files go with the message that is being written?
 *
 * Each is uploaded as soon as it is added, a few at once. The list lives as long as the page, so uploads go on while
 * another channel is open.
 */
export class Attachments {
  readonly #options: AttachmentsOptions
  readonly #listeners = new Set<() => void>()
  readonly #running = new Map<number, AbortController>()
  #snapshot = none
  #lastKey = 0

  constructor(options: AttachmentsOptions) {
    this.#options = options
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly getSnapshot = (): AttachmentsSnapshot => this.#snapshot

  readonly add = (files: readonly File[]): void => {
    const { list } = this.#snapshot
    const free = maxAttachments - list.length
    const added = files.slice(0, free).map(
      (file): Attachment => ({
        key: ++this.#lastKey,
        file,
        name: sendableName(file.name),
        alt: '',
        upload:
          file.size === 0 ? { state: 'failed', reason: 'This file is empty.', mayRetry: false } : { state: 'waiting' },
      }),
    )
    const note = files.length > free ? `A message takes ${maxAttachments} files at most.` : null
    this.#set({ list: [...list, ...added], note })
    this.#start()
  }

  readonly remove = (key: number): void => {
    this.#running.get(key)?.abort()
    this.#set({ list: this.#snapshot.list.filter((each) => each.key !== key), note: null })
    this.#start()
  }

  readonly retry = (key: number): void => {
    this.#update(key, { upload: { state: 'waiting' } })
    this.#start()
  }

  readonly describe = (key: number, alt: string): void => this.#update(key, { alt })

  /** What is uploaded, as a record refers to it. The list is empty afterwards. */
  take(): FileReference[] {
    const references = this.#snapshot.list.flatMap(({ upload, alt }) => {
      if (upload.state !== 'uploaded') return []
      const words = alt.trim()
      return [words === '' ? upload.reference : { ...upload.reference, alt: words }]
    })
    this.#set(none)
    return references
  }

  #start(): void {
    for (const attachment of this.#snapshot.list) {
      if (this.#running.size >= atOnce) return
      if (attachment.upload.state === 'waiting') void this.#run(attachment)
    }
  }

  async #run({ key, file, name }: Attachment): Promise<void> {
    const control = new AbortController()
    this.#running.set(key, control)
    this.#update(key, { upload: { state: 'uploading', sent: 0 } })
    try {
      const size = await this.#options.readSize(file)
      const onProgress = (sent: number) => this.#update(key, { upload: { state: 'uploading', sent } })
      const options = { ...size, name, signal: control.signal, onProgress }
      const reference = await this.#options.upload(file, options)
      this.#update(key, { upload: { state: 'uploaded', reference } })
    } catch (error) {
      if (!control.signal.aborted) await this.#failed(key, file, error as DovetailError)
    } finally {
      this.#running.delete(key)
      this.#start()
    }
  }

  async #failed(key: number, file: File, error: DovetailError): Promise<void> {
    const mostBytes = error.code === 'too_large' ? await this.#options.mostBytes().catch(() => null) : null
    this.#update(key, { upload: { state: 'failed', ...describeFailure(error, file, mostBytes) } })
  }

  /** What was removed meanwhile stays away. */
  #update(key: number, change: Partial<Attachment>): void {
    const list = this.#snapshot.list.map((each) => (each.key === key ? { ...each, ...change } : each))
    this.#set({ ...this.#snapshot, list })
  }

  #set(snapshot: AttachmentsSnapshot): void {
    this.#snapshot = snapshot
    for (const listener of this.#listeners) listener()
  }
}

/** A name as the server takes it: no path, no control characters, not too long; the end with the extension stays. */
function sendableName(name: string): string {
  const plain = name.replaceAll(/[\p{Cc}/\\]/gu, '_')
  return plain.length <= maxNameLength ? plain || 'file' : `${plain.slice(0, 200)}…${plain.slice(-50)}`
}
