/**
 * The path under which this app is reached, without a slash at its end; empty: a host of its own. A proxy may put it
 * anywhere without telling: the server gives each page a `<base>` that leads to the app's beginning.
 */
export const appBase: string =
  typeof document === 'undefined' ? '' : new URL('.', document.baseURI).pathname.replace(/\/$/, '')

/** The address of something that the server has at this path. */
export function serverPath(path: string): string {
  return appBase + path
}
