/** The rendered pages, each loaded when it is first shown. */
import type { RenderedPage } from './rendering/render-page.ts'

const loaders = import.meta.glob<{ page: RenderedPage }>('../../../../docs/*.md')

const loading = new Map<string, Promise<RenderedPage>>()

/** The same promise each time, as React's `use` wants it. A page that failed to load is tried again. */
export function loadPage(name: string): Promise<RenderedPage> {
  const known = loading.get(name)
  if (known !== undefined) return known
  const load = loaders[`../../../../docs/${name}.md`]
  if (load === undefined) throw new Error(`the guide has no page ${name}`)
  const page = load().then((module) => module.page)
  loading.set(name, page)
  page.catch(() => loading.delete(name))
  return page
}
