/** What is needed of a clipboard. */
export interface Pasted {
  readonly files: readonly File[]
  /** The same as plain text; empty: there is none. */
  readonly text: string
}

/**
 * The files that a paste brings. Office programs copy a picture of a text along with the text itself: there the text is
 * meant. File managers copy a file along with its name: there the file is.
 */
export function findPastedFiles({ files, text }: Pasted): readonly File[] {
  const isOfFiles = text.trim() === '' || files.some(({ name }) => text.includes(name))
  return isOfFiles ? files : []
}
