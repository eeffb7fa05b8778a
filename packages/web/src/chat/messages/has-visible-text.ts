/** White space, joiners, fillers and the empty Braille cell are not seen; the server refuses a text of nothing else. */
const visible = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Whether a text has a character that is seen. */
export function hasVisibleText(text: string): boolean {
  return visible.test(text)
}
