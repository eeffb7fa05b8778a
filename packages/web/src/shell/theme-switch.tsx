import { Moon, Sun } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../ui/icon-button.tsx'
import { chooseTheme, currentTheme, followSystemTheme } from './theme.ts'

export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme)
  useEffect(() => followSystemTheme(setTheme), [])
  const other = theme === 'dark' ? 'light' : 'dark'
  const change = () => {
    chooseTheme(other)
    setTheme(other)
  }
  return <IconButton icon={other === 'dark' ? Moon : Sun} label={`Use the ${other} theme`} onClick={change} />
}
