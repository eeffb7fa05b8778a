const key = 'dovetail.theme'

export type Theme = 'light' | 'dark'

export function currentTheme(): Theme {
  return document.documentElement.classList.contains('dark') ? 'dark' : 'light'
}

function show(theme: Theme): void {
  document.documentElement.classList.toggle('dark', theme === 'dark')
  document.documentElement.classList.toggle('light', theme === 'light')
}

export function chooseTheme(theme: Theme): void {
  show(theme)
  try {
    localStorage.setItem(key, theme)
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
}

/** Follows the system's theme until the visitor chooses one. Returns a function that stops it. */
export function followSystemTheme(onChange: (theme: Theme) => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const follow = () => {
    if (localStorage.getItem(key) !== null) return
    const theme = system.matches ? 'dark' : 'light'
    show(theme)
    onChange(theme)
  }
  system.addEventListener('change', follow)
  return () => system.removeEventListener('change', follow)
}
