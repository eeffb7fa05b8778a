/** Has the browser save what is at an address. Another host's address opens in a tab of its own where it is shown. */
export function saveFile(url: string, name: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.target = '_blank'
  link.rel = 'noopener'
  link.click()
}
