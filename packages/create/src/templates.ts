/** The kinds of project, and the folders of templates/ that each is made of. Later folders replace files of earlier ones. */
export const templates = {
  react: { about: 'a chat in React, built with Vite', layers: ['common', 'chat', 'react'] },
  next: { about: 'a chat in Next.js with a custom server', layers: ['common', 'chat', 'next'] },
  express: { about: 'a live list in Express', layers: ['common', 'page', 'express'] },
  fastify: { about: 'a live list in Fastify', layers: ['common', 'page', 'fastify'] },
  backend: { about: 'a live list in a plain node:http server', layers: ['common', 'page', 'backend'] },
} as const

export type TemplateName = keyof typeof templates

export const templateNames = Object.keys(templates) as TemplateName[]

export function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(templates, name)
}
