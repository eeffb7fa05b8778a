/** Follows an event stream with an SSE library of npm, or the runtime's EventSource, and prints the events. */
const [library, url] = process.argv.slice(2)
const say = (...words) => process.stdout.write(`${words.join(' ')}\n`)

/** Follows as with a browser's EventSource: `readyState` 2 means that it gave up. */
function followEventSource(source) {
  source.addEventListener('open', () => say('open'))
  source.addEventListener('changes', ({ data }) => say('changes', data))
  source.addEventListener('error', (event) => {
    say('error', event.message ?? '')
    if (source.readyState === 2) say('end closed')
  })
}

async function followFetchEventSource(fetchEventSource) {
  // The library was made for pages: it uses only these globals of one.
  globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} }
  globalThis.window = globalThis
  await fetchEventSource(url, {
    onopen: async (response) => {
      if (response.status !== 200) throw new Error(`refused with ${response.status}`)
      say('open')
    },
    onmessage: ({ event, data }) => {
      if (event === 'changes') say('changes', data)
    },
    onerror: (error) => {
      say('error', String(error))
      // As in the library's README: a refusal is final, all other errors are retried.
      if (String(error).includes('refused')) throw error
    },
  })
  say('end resolved')
}

const libraries = {
  eventsource: async () => followEventSource(new (await import('eventsource')).EventSource(url)),
  undici: async () => followEventSource(new (await import('undici')).EventSource(url)),
  'launchdarkly-eventsource': async () =>
    followEventSource(new (await import('launchdarkly-eventsource')).EventSource(url)),
  'event-source-polyfill': async () =>
    followEventSource(new (await import('event-source-polyfill')).EventSourcePolyfill(url)),
  'eventsource-client': async () => {
    const { createEventSource } = await import('eventsource-client')
    createEventSource({
      url,
      onMessage: ({ event, data }) => event === 'changes' && say('changes', data),
      onConnect: () => say('open'),
      onDisconnect: () => say('error disconnected'),
    })
  },
  'fetch-event-source': async () =>
    followFetchEventSource((await import('@microsoft/fetch-event-source')).default.fetchEventSource),
  runtime: async () => followEventSource(new globalThis.EventSource(url)),
}

// Keeps the process running, since undici's reconnect timer does not.
setInterval(() => {}, 60_000)
libraries[library]().catch((error) => {
  say('end', String(error))
  process.exit(0)
})
