import {
  Activity,
  BookOpen,
  ChartCandlestick,
  ChartNoAxesGantt,
  type LucideIcon,
  MessagesSquare,
  Rocket,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { classNames } from '../ui/class-names.ts'
import styles from './navigation-rail.module.css'

interface PageLink {
  path: string
  name: string
  icon: LucideIcon
}

const pages: PageLink[] = [
  { path: '/chat', name: 'Chat', icon: MessagesSquare },
  { path: '/prices', name: 'Prices', icon: ChartCandlestick },
  { path: '/game', name: 'Game', icon: Rocket },
  { path: '/compare', name: 'Compare', icon: ChartNoAxesGantt },
  { path: '/status', name: 'Status', icon: Activity },
  { path: '/docs/guide', name: 'Docs', icon: BookOpen },
]

/** Links to the pages; `children` stand at its end (theme, profile). */
export function NavigationRail({ children }: { children?: ReactNode }) {
  const [location] = useLocation()
  return (
    <div className={styles.rail}>
      <nav aria-label="Pages" className={styles.pages}>
        {pages.map(({ path, name, icon: Icon }) => {
          const here = location === path || location.startsWith(`${path}/`)
          return (
            <Link
              key={path}
              href={`${path}${window.location.search}`}
              className={classNames(styles.link, here && styles.here)}
              aria-current={here ? 'page' : undefined}
            >
              <Icon size={16} aria-hidden />
              <span>{name}</span>
            </Link>
          )
        })}
      </nav>
      <div className={styles.end}>{children}</div>
    </div>
  )
}
