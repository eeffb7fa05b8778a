/** The kinds of project, and the folders of templates/ that each is made of. Later folders replace files of earlier ones. */
export const templates = {
  react: { about: 'a chat in React, built with Vite', layers: ['common', 'react'] },
  backend: { about: 'a live list in a plain node:http server', layers: ['common', 'page', 'backend'] },
} as const

export type TemplateName = keyof typeof templates

export const templateNames = Object.keys(templates) as TemplateName[]

export function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(templates, name)
}
