/** What the tests need of a browser that a protocol of the W3C drives: WebDriver BiDi, or the older WebDriver. */

/** A step of a key or of a pointer, in the words that both protocols share. */
export type InputStep =
  | { readonly type: 'keyDown' | 'keyUp'; readonly value: string }
  | { readonly type: 'pointerMove'; readonly x: number; readonly y: number }
  | { readonly type: 'pointerDown' | 'pointerUp'; readonly button: 0 }

export interface InputSource {
  readonly type: 'key' | 'pointer'
  readonly id: string
  readonly actions: readonly InputStep[]
}

export interface DrivenWindow {
  /** Loads the address, and waits until it is loaded. */
  open(url: string): Promise<void>
  /** Calls a function of the page, given by its text, with one text. It returns a text, or a promise of one. */
  call(functionText: string, argument: string): Promise<string>
  /** Real input: the browser cannot tell it from a person's. */
  act(source: InputSource): Promise<void>
  resize(width: number, height: number): Promise<void>
  /** What the window shows, as a PNG. */
  picture(): Promise<Buffer>
  /** What the page threw, or logged as an error. */
  faults(): Promise<readonly string[]>
  /** One more window of the same person. */
  another(): Promise<DrivenWindow>
  /** Closes all windows of this person. */
  close(): Promise<void>
}

export interface DrivenBrowser {
  readonly version: string
  /** A window of a new person, who shares nothing with the others. */
  newPerson(): Promise<DrivenWindow>
  close(): Promise<void>
}

export const viewport = { width: 1280, height: 800 }
