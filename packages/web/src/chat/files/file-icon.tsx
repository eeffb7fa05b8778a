import { File, FileArchive, FileImage, FileMusic, FileText, FileVideo, type LucideIcon } from 'lucide-react'

const icons: readonly (readonly [RegExp, LucideIcon])[] = [
  [/^image\//, FileImage],
  [/^audio\//, FileMusic],
  [/^video\//, FileVideo],
  [/^text\/|\/pdf$/, FileText],
  [/zip|compressed|tar$/, FileArchive],
]

/** The icon of a media type. */
export function FileIcon({ type }: { type: string }) {
  const Icon = icons.find(([pattern]) => pattern.test(type))?.[1] ?? File
  return <Icon size={16} aria-hidden />
}
