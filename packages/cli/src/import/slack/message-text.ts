/** The text of a Slack message, which marks mentions, links and three characters in a way of its own. */

const markup = /<([^<>]+)>/g
const escapes: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

/** `nameOf`: the user for a Slack id. */
export function plainText(text: string, nameOf: (id: string) => string): string {
  return text
    .replaceAll(markup, (_whole, inside: string) => shown(inside, nameOf))
    .replaceAll(/&(?:lt|gt|amp);/g, (found) => escapes[found] ?? found)
}

function shown(inside: string, nameOf: (id: string) => string): string {
  const [target = '', label] = inside.split('|', 2)
  if (target.startsWith('@')) return `@${nameOf(target.slice(1))}`
  if (target.startsWith('#')) return `#${label ?? target.slice(1)}`
  if (target.startsWith('!')) return label ?? `@${target.slice(1)}`
  return label === undefined || label === target ? target : `[${label}](${target})`
}
