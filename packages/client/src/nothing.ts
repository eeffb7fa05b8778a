/** For what is called, and nothing is to be done. */
export function nothing(): void {}
