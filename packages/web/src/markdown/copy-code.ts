import type { MouseEvent } from 'react'

const label = 'Copy'
const doneLabel = 'Copied'
const failedLabel = 'Press Ctrl+C'
const shownMs = 2000

/** A code block's frame holds the block and a button that copies it; `copyPressedCode` does so. */
export function frameCode(block: HTMLPreElement): void {
  const frame = block.ownerDocument.createElement('div')
  frame.className = 'code-block'
  block.replaceWith(frame)
  // A scrolling region must be reachable by keyboard.
  block.tabIndex = 0
  const button = block.ownerDocument.createElement('button')
  button.type = 'button'
  button.dataset.copy = ''
  button.textContent = label
  frame.append(block, button)
}

/** Copies the code block whose button was pressed; for the click handler of what holds the block. */
export async function copyPressedCode(event: MouseEvent): Promise<void> {
  const button = (event.target as Element).closest<HTMLButtonElement>('button[data-copy]')
  const block = button?.previousElementSibling
  if (button === null || block === null || block === undefined) return
  button.textContent = (await copyText(block)) ? doneLabel : failedLabel
  setTimeout(() => {
    button.textContent = label
  }, shownMs)
}

/** Selects the text where the page may not write to the clipboard: over http, or where the reader forbids it. */
async function copyText(block: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText((block.textContent ?? '').replace(/\n$/, ''))
    return true
  } catch {
    window.getSelection()?.selectAllChildren(block)
    return false
  }
}
