import type { Outlet } from '../../ports/outlet.ts'

/** Resolves once the outlet can take a frame: at once where it can. Never resolves where the outlet closes first. */
export async function waitForDrain(outlet: Pick<Outlet, 'canWrite' | 'onDrain'>): Promise<void> {
  if (!outlet.canWrite()) await new Promise<void>((resolve) => outlet.onDrain(resolve))
}
