import { isShownImage } from '../files/is-shown-image.ts'

/**
 * The width and height of an image as it is shown, its orientation counted in; null for other files, and where the
 * browser can't decode it. Readers keep room for an image of which these are known.
 */
export async function readImageSize(file: File): Promise<{ width: number; height: number } | null> {
  if (!isShownImage(file.type)) return null
  try {
    const bitmap = await createImageBitmap(file)
    const { width, height } = bitmap
    bitmap.close()
    return { width, height }
  } catch {
    return null
  }
}
