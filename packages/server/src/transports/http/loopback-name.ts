/**
 * Whether a host's name means this machine to every browser, whatever DNS says: `localhost` and names below it (RFC
 * 6761, section 6.3), 127.0.0.0/8 and ::1. Takes names as `URL` gives them, with numeric addresses in their usual form.
 */
export function isLoopbackName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
