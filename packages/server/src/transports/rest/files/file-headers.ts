/** What a browser is told of a file, so that nothing that a user uploaded runs as a page of this origin. */
import type { FileFacts } from '../../../ports/files/file-table.ts'

/** What browsers show without running anything in it. SVG and HTML are not among these. */
const shownInline = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/wav',
  'audio/webm',
])

export function dispositionOf({ name, type }: Pick<FileFacts, 'name' | 'type'>): string {
  const plain = name.replaceAll(/[^ !#$%&'()+,.0-9;=@A-Z[\]^_`a-z{}~-]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
  return `${shownInline.has(type) ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

export function headersOf(file: Pick<FileFacts, 'name' | 'type'>) {
  return {
    'content-type': file.type,
    'content-disposition': dispositionOf(file),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    // The bytes of an id never change.
    'cache-control': 'private, max-age=31536000, immutable',
  }
}
