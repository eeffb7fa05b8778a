/** A callback that does nothing. */
export function nothing(): void {}
