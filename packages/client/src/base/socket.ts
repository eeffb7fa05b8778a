/**
 * The part of the standard WebSocket that the SDK uses. Browsers, Node 22, Bun, Deno and the package `ws` have it, and
 * the SDK's types need no DOM library to name it.
 */
export interface Socket {
  readonly readyState: number
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void
}

/** The class of such sockets. */
export type SocketClass = new (url: string, protocols: string[]) => Socket
