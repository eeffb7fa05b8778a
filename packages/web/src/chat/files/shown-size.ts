export interface Size {
  readonly width: number
  readonly height: number
}

/** The largest that an image in a message is, in pixels, when it stands alone and beside others. */
const alone: Size = { width: 400, height: 300 }
const beside: Size = { width: 240, height: 180 }
/** So that a finger finds a picture of one pixel, too. */
const least = 32

/** How large an image is shown: never larger than it is, and known before it is loaded. */
export function shownSize({ width, height }: Size, isAlone: boolean): Size {
  const most = isAlone ? alone : beside
  const scale = Math.min(1, most.width / width, most.height / height)
  return { width: Math.max(least, Math.round(width * scale)), height: Math.max(least, Math.round(height * scale)) }
}
