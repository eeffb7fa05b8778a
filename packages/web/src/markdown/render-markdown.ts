import DOMPurify from 'dompurify'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { frameCode } from './copy-code.ts'

// The elements a message may have. No images: a message must not make its readers' browsers send requests.
const tags = ['a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'li', 'ol']
const moreTags = ['p', 'pre', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul']

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return
  node.setAttribute('target', '_blank')
  node.setAttribute('rel', 'noopener noreferrer nofollow')
})

/** A message's Markdown as HTML that is safe to show. HTML in the text is shown as text. */
export function renderMarkdown(text: string): string {
  const html = micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()] })
  const content = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: [...tags, ...moreTags],
    ALLOWED_ATTR: ['href', 'start', 'align'],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    RETURN_DOM_FRAGMENT: true,
  })
  for (const block of content.querySelectorAll('pre')) frameCode(block)
  const holder = document.createElement('div')
  holder.append(content)
  return holder.innerHTML
}
