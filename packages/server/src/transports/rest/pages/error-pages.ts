/** A page for each error code, where the `type` of a problem document leads, and one that lists them. */
import { type Code, codes, isCode } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Failure } from '../../../core/rules/failure.ts'
import { ofServer, type Resource } from '../../contract/operation.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { textPageStyle } from './docs-style.ts'
import { errorTexts } from './error-texts.ts'

/** @param docs the way to `/docs/` from the page */
function page(title: string, docs: string, body: string): string {
  return `<!doctype html>
<html lang="en" id="api">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Dovetail</title>
<link rel="icon" href="data:,">
<style>${textPageStyle}</style>
<script src="${docs}theme.js"></script>
</head>
<body>
<nav aria-label="Dovetail"><a href="${docs}../docs">← API documentation</a> ${docs === '' ? '' : '<a href="../errors">All error codes</a>'}</nav>
<main class="text">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
}

/** Backquotes in the texts mark code; nothing in them needs escaping. */
function withCode(text: string): string {
  return text.replace(/`([^`]+)`/g, '<code>$1</code>')
}

function errorPage(code: Code): string {
  const { http, title, retry } = codes[code]
  const { meaning, remedy } = errorTexts[code]
  return page(
    title,
    '../',
    `<p class="soft"><code>${code}</code>, status ${http}. ${retry ? 'The same request may succeed later.' : 'The same request will not succeed later.'}</p>
<dl>
<dt>What it means</dt><dd>${withCode(meaning)}</dd>
<dt>What to do</dt><dd>${withCode(remedy)}</dd>
</dl>`,
  )
}

function listPage(): string {
  const items = Object.entries(codes).map(
    ([code, { http, title }]) =>
      `<li><a href="errors/${code}"><code>${code}</code></a> <span class="soft">${http}</span> <span>${title}</span></li>`,
  )
  return page('Error codes', '', `<ul>\n${items.join('\n')}\n</ul>`)
}

function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply
    .header('content-security-policy', contentSecurityPolicy)
    .header('cache-control', 'public, max-age=3600')
    .header('content-type', 'text/html; charset=utf-8')
    .send(html)
}

/** Nobody guards these: they tell what docs/protocol.md tells, and refusals lead everybody here. */
export function errorPageResources(): Resource[] {
  const html = { description: 'A page for people.', content: { 'text/html': { type: 'string' } } }
  return [
    {
      path: '/docs/errors',
      operations: {
        GET: ofServer('readErrors', 'The error codes, as a page.', html, (_request, reply) =>
          sendPage(reply, listPage()),
        ),
      },
    },
    {
      path: '/docs/errors/{code}',
      operations: {
        GET: ofServer(
          'readError',
          'What an error code means and what to do about it, as a page: the `type` of a problem document leads here.',
          html,
          (request, reply) => sendPage(reply, errorPage(codeIn(request))),
          ['not_found'],
        ),
      },
    },
  ]
}

function codeIn(request: FastifyRequest): Code {
  const { code } = request.params as { code: string }
  if (!isCode(code)) throw new Failure('not_found', 'There is no such error code.')
  return code
}
