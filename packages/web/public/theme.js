// Runs before the first paint, so that nobody who chose dark sees a white flash. A file of its own
// rather than inline, so that a strict Content-Security-Policy needs no exception.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem('dovetail.theme')
  } catch {
    // Storage may be forbidden; the system's choice counts then.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.add(dark ? 'dark' : 'light')
})()
