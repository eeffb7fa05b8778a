import type { Outlet } from '../ports/outlet.ts'

/** Resolves once there is room: at once where there is. An outlet that closes first never tells. */
export async function untilRoom(outlet: Pick<Outlet, 'hasRoom' | 'whenRoom'>): Promise<void> {
  if (!outlet.hasRoom()) await new Promise<void>((resolve) => outlet.whenRoom(resolve))
}
