import styles from './avatar.module.css'

const hues = 8

/** Hashes the id, so that a user has the same colour in every window. */
function hueOf(user: string): number {
  let sum = 0
  for (let i = 0; i < user.length; i++) sum = (sum * 31 + user.charCodeAt(i)) % 9973
  return Math.round((sum % hues) * (360 / hues))
}

/** The first grapheme of the name: one character to a reader may be several code points (flags, families). */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim())
  return first?.segment.toLocaleUpperCase() ?? '?'
}

/** Only images of this server are shown: another host would learn who looks at the page, and when. */
export function isOwnImage(image: string): boolean {
  return URL.canParse(image) && new URL(image).origin === window.location.origin
}

export interface AvatarProps {
  user: string
  name: string
  image?: string | undefined
  /** Shown in place of the name's first letter: an emoji. */
  emblem?: string | undefined
  size?: number
}

export function Avatar({ user, name, image, emblem, size = 32 }: AvatarProps) {
  const share = emblem === undefined ? 0.44 : 0.62
  const style = { '--hue': hueOf(user), width: size, height: size, fontSize: Math.round(size * share) }
  if (image !== undefined && isOwnImage(image)) {
    return (
      <img className={styles.avatar} style={style} src={image} alt="" loading="lazy" referrerPolicy="no-referrer" />
    )
  }
  return (
    <span className={styles.avatar} style={style} aria-hidden>
      {emblem ?? initialOf(name)}
    </span>
  )
}
