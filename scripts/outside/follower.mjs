/** Runs one client in its own process, and records the messages that it received. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export class Follower {
  /** Texts of the messages, in the order in which they came. */
  texts = []
  #last = ''
  #child

  /**
   * @param {import('./clients.mjs').Client} client
   * @param {string} url
   */
  constructor(client, url) {
    this.client = client
    const [program, ...args] = client.command(url)
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.ended = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.once('error', (error) => this.#note(`end ${error.message}`))
    createInterface(this.#child.stdout).on('line', (line) => this.#note(line))
    createInterface(this.#child.stderr).on('line', (line) => {
      this.#last = line
    })
  }

  #note(line) {
    if (!line.startsWith('changes ')) {
      if (line !== 'open') this.#last = line
      return
    }
    const { changes } = JSON.parse(line.slice('changes '.length))
    for (const { record } of changes) this.texts.push(record.data.text)
  }

  /** Judges whether all texts posted since the first received one arrived, once and in order. */
  verdict(posted) {
    const wanted = posted.slice(posted.indexOf(this.texts[0]))
    if (this.texts.length === 0) return `nothing came (${this.#last})`
    if (JSON.stringify(this.texts) === JSON.stringify(wanted)) return 'back'
    if (this.texts.at(-1) === wanted.at(-1)) return 'back, with a gap or a repeat'
    return `gone: ${this.#last.replace(/^(end|error) ?/, '').slice(0, 90) || 'no word'}`
  }

  async stop() {
    this.#child.kill('SIGTERM')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5000)
    await this.ended
    clearTimeout(late)
  }
}
