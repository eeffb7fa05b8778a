export interface Component {
  readonly group?: string
  readonly name: string
  readonly version: string
  readonly licenses: readonly object[]
  readonly purl: string
}

export declare function carriedComponents(
  published: { readonly carries?: readonly string[]; readonly carriesListedIn?: string },
  root: string,
): Promise<Component[]>
