const extension = /\.([a-z0-9]{1,5})$/i

/** What sort of file it is, in a word: “PDF”. From the name, which people know it by, else from the media type. */
export function fileKind({ name, type }: { readonly name: string; readonly type: string }): string {
  const ending = extension.exec(name)?.[1] ?? type.split('/')[1]?.split(/[.+-]/).at(-1) ?? ''
  return ending.toUpperCase()
}
