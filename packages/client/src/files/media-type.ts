/** The media type as an announcement takes it: in lower case, without parameters. */
export function mediaTypeOf(type: string): string {
  const [plain = ''] = type.split(';', 1)
  return plain.trim().toLowerCase() || 'application/octet-stream'
}
