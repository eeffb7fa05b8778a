/** The head of an HTTP answer, gathered from reads until it is whole. */

export interface Head {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
}

const end = Buffer.from('\r\n\r\n')

/** The head and where the body begins; `null`: more has to come. */
export function parseHead(bytes: Buffer): { readonly head: Head; readonly length: number } | null {
  const at = bytes.indexOf(end)
  if (at < 0) return null
  const [line = '', ...lines] = bytes.toString('latin1', 0, at).split('\r\n')
  const headers = new Map<string, string>()
  for (const each of lines) {
    const colon = each.indexOf(':')
    headers.set(each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim())
  }
  return { head: { status: Number(line.slice(9, 12)), headers }, length: at + end.length }
}
