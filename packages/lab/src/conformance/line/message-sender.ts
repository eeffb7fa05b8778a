/** One answer on its way to the client: sends its messages, each by its fate. */
import type { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Piece } from './split-messages.ts'
import type { ResetFrame, Treatment } from './treatments.ts'

/** How much a slow line takes at a time. */
const stepBytes = 1024

export class MessageSender {
  readonly #to: Writable
  readonly #resetBytes: ((reset: ResetFrame) => Buffer) | null

  /** @param resetBytes how a reset stands between its messages; `null`: it is one body, and nothing stands behind it */
  constructor(to: Writable, resetBytes: ((reset: ResetFrame) => Buffer) | null) {
    this.#to = to
    this.#resetBytes = resetBytes
  }

  /** Resolves with whether the connection goes on. */
  async deliver({ bytes, json }: Piece, treatment: Treatment): Promise<boolean> {
    const fate = json === '' ? 'pass' : await treatment.onMessage(json)
    const isBody = this.#resetBytes === null
    const send = (some: Buffer): Promise<void> => this.#send(some, treatment.bytesPerSecond)
    switch (fate) {
      case 'pass':
        await send(bytes)
        return true
      case 'twice':
        await send(bytes)
        if (!isBody) await send(bytes)
        return true
      case 'lose':
        return !isBody
      case 'cut before':
        return false
      case 'cut within':
        await send(bytes.subarray(0, Math.floor(bytes.length / 2)))
        return false
      case 'cut after':
        await send(bytes)
        return false
      default:
        return fate satisfies never
    }
  }

  /** Tells the client by itself that what it holds is void. */
  async reset(reset: ResetFrame): Promise<void> {
    if (this.#resetBytes !== null) await this.#send(this.#resetBytes(reset), Number.POSITIVE_INFINITY)
  }

  /** Resolves when the bytes are on their way, so that a cut does not lose them. */
  async #send(bytes: Buffer, bytesPerSecond: number): Promise<void> {
    const isSlow = Number.isFinite(bytesPerSecond)
    const step = isSlow ? stepBytes : Math.max(1, bytes.length)
    for (let at = 0; at < bytes.length; at += step) {
      const part = bytes.subarray(at, at + step)
      await new Promise<void>((resolve) => this.#to.write(part, () => resolve()))
      if (isSlow) await pause((part.length / bytesPerSecond) * 1000)
    }
  }

  end(): void {
    this.#to.end()
  }

  cut(): void {
    this.#to.destroy()
  }
}

export const bodySender = (to: Writable): MessageSender => new MessageSender(to, null)

export const eventSender = (to: Writable): MessageSender =>
  new MessageSender(to, (reset) => Buffer.from(`id: ${reset.cursor}\nevent: reset\ndata: ${JSON.stringify(reset)}\n\n`))

const textFrame = 0x81

export const frameSender = (to: Writable): MessageSender =>
  new MessageSender(to, (reset) => {
    const payload = Buffer.from(JSON.stringify(reset))
    const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff]
    return Buffer.concat([Buffer.from([textFrame, ...length]), payload])
  })
