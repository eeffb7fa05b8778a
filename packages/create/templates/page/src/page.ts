import { createClient } from 'dovetail-client'
import type { Types } from '../dovetail.config.ts'
import { guestToken } from './guest-token.ts'

const url = `${location.origin}/live`
const client = createClient<Types>({ url, getToken: () => guestToken(url) })
const view = client.channel('chat:general').collection('messages').live({ limit: 50 })

function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`no ${id}`)
  return found
}

const list = element('messages', HTMLUListElement)
const text = element('text', HTMLInputElement)

view.subscribe(() => {
  list.replaceChildren(
    ...view.records.map((row) => {
      const item = document.createElement('li')
      item.textContent = row.data.text
      item.dataset.status = row.status // pending, acknowledged or failed
      return item
    }),
  )
})

element('form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  view.create({ text: text.value })
  text.value = ''
})
