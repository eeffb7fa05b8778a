/**
 * The first profile of a user whose token says a name: others see that name at once, and not the user's id. A profile
 * that is there stays, since the user or a service may have changed it. Guests get theirs where they are admitted.
 */
import { LRUCache } from 'lru-cache'
import type { Accounts } from '../../ports/accounts.ts'
import type { Caller } from './caller.ts'

const rememberedUsers = 10_000
/** The most that a profile's name and avatar hold. */
const nameLength = 64
const avatarPattern = /^https?:\/\/.{1,1990}$/

export class FirstProfiles {
  readonly #accounts: Accounts
  readonly #report: (error: unknown, doing: string) => void
  readonly #known = new LRUCache<string, true>({ max: rememberedUsers })
  readonly #begun = new Map<string, Promise<void>>()

  constructor(accounts: Accounts, report: (error: unknown, doing: string) => void) {
    this.#accounts = accounts
    this.#report = report
  }

  /** Called with each caller whom a token or the application names. */
  begin(caller: Caller): void {
    const { user, name, role } = caller
    if (user === null || name === null || role === 'guest' || this.#known.has(user)) return
    this.#known.set(user, true)
    const made = this.#make(user, name, caller)
      .catch((error: unknown) => {
        this.#known.delete(user)
        this.#report(error, 'keeping the name that a token says')
      })
      .finally(() => this.#begun.delete(user))
    this.#begun.set(user, made)
  }

  /** Resolves when what `begin` began for the user is done: what is saved after that stays. */
  async settled(user: string): Promise<void> {
    await this.#begun.get(user)
  }

  async #make(user: string, name: string, { avatar }: Caller): Promise<void> {
    if ((await this.#accounts.profile(user)) !== null) return
    const shown = [...name].slice(0, nameLength).join('')
    const picture = avatar !== null && avatarPattern.test(avatar) ? avatar : null
    if (shown !== '')
      await this.#accounts.saveProfile({ user, name: shown, avatar: picture, about: null, guest: false })
  }
}
