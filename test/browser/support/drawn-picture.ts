import type { Page } from 'playwright-core'

/** A PNG of this size, with shapes in it, as the page's browser encodes it. */
export async function drawnPicture(page: Page, width: number, height: number): Promise<Buffer> {
  const url = await page.evaluate(
    ([w, h]) => {
      const canvas = document.createElement('canvas')
      canvas.width = w
      canvas.height = h
      const context = canvas.getContext('2d')
      if (context === null) throw new Error('the browser draws nothing')
      const sky = context.createLinearGradient(0, 0, 0, h)
      sky.addColorStop(0, '#0a4d8c')
      sky.addColorStop(1, '#f2c879')
      context.fillStyle = sky
      context.fillRect(0, 0, w, h)
      context.fillStyle = '#ffe9b0'
      context.beginPath()
      context.arc(w * 0.7, h * 0.4, Math.min(w, h) / 6, 0, 7)
      context.fill()
      context.fillStyle = '#123524'
      context.fillRect(0, h * 0.75, w, h)
      return canvas.toDataURL('image/png')
    },
    [width, height] as const,
  )
  return Buffer.from(url.split(',')[1] ?? '', 'base64')
}
