/** A table that scrolls by itself where it is wider than the page: by keys too, so it takes the focus and has a name. */
export function scrolledTable(name: string, rows: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table>${rows}</table></div>`
}
