import { WrongSize } from '../../ports/files/file-storage.ts'

/**
 * The same bytes, if they are exactly so many. The last piece is held back until it is clear that none follows: a bucket
 * keeps an object as soon as it has as many bytes as its upload said. @throws WrongSize
 */
export async function* exactBytes(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let came = 0
  let held: Uint8Array | null = null
  for await (const piece of bytes) {
    came += piece.length
    if (came > size) throw new WrongSize(came)
    if (held !== null) yield held
    held = piece
  }
  if (came < size) throw new WrongSize(came)
  if (held !== null) yield held
}
