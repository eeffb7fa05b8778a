/**
 * Who may import whom (docs/architecture.md), as data. Type-only imports count. A layer lists what of OURS it may
 * import; anything of ours that is not listed is red. Drivers are named per adapter.
 */

const server = 'packages/server/src'

/** Part of the tree → what of ours it may import besides itself. */
const layers = {
  protocol: { path: '^packages/protocol/src', may: [] },
  client: { path: '^packages/client/src', may: ['^packages/protocol/src'] },
  lab: { path: '^packages/lab/src', may: ['^packages/(client|protocol)/src'] },
  web: { path: '^packages/web/src', may: ['^packages/(client|protocol)/src'] },
  create: { path: '^packages/create/src', may: [] },
  cli: { path: '^packages/cli/src', may: ['^packages/(client|lab|protocol|server)/src'] },
  server: { path: `^${server}`, may: ['^packages/protocol/src'] },
  'server: ports': { path: `^${server}/ports`, may: ['^packages/protocol/src'] },
  'server: wire': { path: `^${server}/wire`, may: [`^${server}/ports`, '^packages/protocol/src'] },
  'server: core': { path: `^${server}/core`, may: [`^${server}/(ports|wire)`, '^packages/protocol/src'] },
  'server: redis': { path: `^${server}/redis`, may: [`^${server}/ports`] },
  'server: postgres': { path: `^${server}/postgres`, may: [`^${server}/ports`] },
  'server: stores': {
    path: `^${server}/stores`,
    may: [`^${server}/(ports|postgres|redis|wire)`, '^packages/protocol/src'],
  },
  'server: backbones': {
    path: `^${server}/backbones`,
    may: [`^${server}/(ports|postgres|redis)`, '^packages/protocol/src'],
  },
  'server: files': { path: `^${server}/files`, may: [`^${server}/ports`] },
  'server: auth': { path: `^${server}/auth`, may: [`^${server}/(core|ports)`, '^packages/protocol/src'] },
  'server: in-process': {
    path: `^${server}/in-process`,
    may: [`^${server}/(core|ports|wire)`, '^packages/protocol/src'],
  },
  'server: tracing': { path: `^${server}/tracing`, may: [`^${server}/(ports|load-adapter)`] },
  'server: webhooks': { path: `^${server}/webhooks`, may: [`^${server}/(core|ports)`] },
  'server: telemetry': { path: `^${server}/telemetry`, may: [`^${server}/(core|ports)`, '^packages/protocol/src'] },
  'server: transports': {
    path: `^${server}/transports`,
    may: [`^${server}/(auth|core|ports|telemetry|wire)`, '^packages/protocol/src'],
  },
}

const web = 'packages/web/src'

/** Room of the pages → the other rooms that it may import. Files beside the rooms (`app.tsx`) join them, and may import all. */
const webRooms = {
  session: [],
  ui: [],
  markdown: [],
  styles: [],
  profiles: ['session', 'ui'],
  feedback: ['session', 'ui'],
  meter: ['session'],
  shell: ['ui'],
  footer: ['session', 'styles', 'ui'],
  chat: ['feedback', 'markdown', 'profiles', 'session', 'ui'],
  prices: ['meter', 'session', 'styles', 'ui'],
  compare: ['meter', 'session', 'styles', 'ui'],
  game: ['meter', 'session', 'styles', 'ui'],
  status: ['meter', 'session', 'styles', 'ui'],
}

/** Room of the chat → the other rooms of the chat that it may import. */
const chatRooms = {
  channels: [],
  files: [],
  attachments: ['files'],
  messages: ['files'],
  'channel-list': ['channels'],
  membership: ['channels'],
  reactions: ['channels'],
  search: ['channels'],
  members: ['channels', 'membership'],
  replies: ['files', 'messages'],
  reading: ['files', 'messages'],
  'message-row': ['files', 'messages', 'reactions', 'replies'],
  'message-log': ['message-row', 'messages', 'reactions'],
  composer: ['attachments', 'channels', 'membership', 'messages', 'replies'],
  conversation: [
    'attachments',
    'channels',
    'composer',
    'files',
    'members',
    'membership',
    'message-log',
    'messages',
    'reactions',
    'reading',
    'replies',
    'search',
  ],
}

/** Room of the compare page → the other rooms of that page that it may import. */
const compareRooms = { candidates: [], run: ['candidates'], lanes: ['candidates', 'run'] }

/** Room of the core, bottom to top → the other rooms of the core that it may import. Files beside the rooms put them together. */
const coreRooms = {
  rules: [],
  tracing: [],
  access: ['rules'],
  rate: ['rules'],
  'log/counts': [],
  'log/feeds': ['access'],
  'log/pieces': ['rules'],
  log: ['access', 'rules', 'tracing'],
  presence: ['access', 'log', 'rules'],
  indexing: ['access', 'rules'],
  rights: ['access', 'presence'],
  files: ['access', 'rules'],
  read: ['access', 'indexing', 'log', 'presence', 'rules'],
  write: ['access', 'files', 'log', 'rate', 'read', 'rules', 'tracing'],
  outbox: ['access', 'rules', 'write'],
  person: ['access', 'files', 'log', 'read', 'rules', 'write'],
  retention: ['access', 'log', 'rules', 'write'],
  transfer: ['access', 'log', 'read', 'rules', 'write'],
  following: ['access', 'log', 'read', 'rules'],
  consuming: ['access', 'following', 'log', 'read', 'rules'],
  webhooks: ['access', 'consuming', 'following', 'rules'],
  cluster: ['access', 'log', 'rules', 'tracing'],
  schema: ['access', 'log', 'read', 'rules', 'write'],
}
const belowCore = [`^${server}/(ports|wire)/`, '^packages/protocol/src']

/** Room of the transports → the other rooms of the transports that it may import; and what is not of the transports. */
const transportRooms = {
  contract: [],
  connections: [],
  http: ['connections'],
  changes: ['connections', 'http'],
  websocket: ['connections', 'http'],
  rest: ['changes', 'contract', 'http'],
}
const belowTransports = [
  `^${server}/transports/transport-context.ts$`,
  `^${server}/(auth|core|ports|telemetry|wire)/`,
  '^packages/protocol/src',
]

/** Rooms as layers: a room within another may import what the outer one may, and what is listed of its siblings. */
function roomLayers(folder, rooms, outer) {
  return Object.entries(rooms).map(([name, may]) => [
    `${folder.slice('packages/'.length)}/${name}`,
    { path: `^${folder}/${name}/`, may: [...may.map((other) => `^${folder}/${other}/`), ...outer] },
  ])
}

const coreLayers = Object.fromEntries(roomLayers(`${server}/core`, coreRooms, belowCore))
const transportLayers = Object.fromEntries(roomLayers(`${server}/transports`, transportRooms, belowTransports))

const webPackages = ['^packages/(client|protocol)/src']
const webRoomsOf = (rooms) => [...rooms.map((name) => `^${web}/${name}/`), ...webPackages]
const webLayers = Object.fromEntries([
  ...roomLayers(web, webRooms, webPackages),
  ...roomLayers(`${web}/chat`, chatRooms, webRoomsOf(webRooms.chat)),
  ...roomLayers(`${web}/compare`, compareRooms, webRoomsOf(webRooms.compare)),
  [
    'web/src/chat: the page',
    {
      path: `^${web}/chat/[^/]+$`,
      may: [
        ...['channel-list', 'channels', 'conversation', 'reading', 'search'].map((name) => `^${web}/chat/${name}/`),
        ...webRoomsOf(webRooms.chat),
      ],
    },
  ],
])

/** A driver → the only files that may import it. */
const drivers = {
  'node:sqlite|@photostructure/sqlite|better-sqlite3': `^${server}/stores/sqlite/driver`,
  pg: `^${server}/(stores/)?postgres`,
  redis: `^(${server}/redis|packages/lab/src/bench/candidates)`,
  '@platformatic/kafka': `^${server}/backbones/kafka`,
  'fastify|@fastify': `^(${server}/(transports|runtime/(listen|mount))|packages/lab/src/bench/candidates/plain-fastify-server)`,
  ws: `^(${server}/transports/websocket|packages/client/src/transports|packages/lab/src/(bench/candidates|check/(client|readers)|doctor)|packages/cli/src/demo)`,
  jose: `^${server}/auth`,
  pino: `^${server}/telemetry`,
  'prom-client': `^${server}/telemetry`,
  'lru-cache': `^${server}/(auth|core/access|core/rate)`,
  aws4fetch: `^${server}/files/s3`,
  standardwebhooks: `^${server}/webhooks`,
  '@opentelemetry': `^(${server}/tracing|packages/client/src/tracing)`,
  'ipaddr.js': `^${server}/webhooks`,
  commander: '^packages/cli/src',
}

/** Tests stand beside the code and may reach for more: a real store under a hub, a server behind a client. */
const tests = '\\.(test|contract|fixture)\\.tsx?$'

const ours = '^packages/[^/]+/src'

/** A file may import its own layer, and what its layer lists. */
const layerRules = Object.entries({ ...layers, ...coreLayers, ...transportLayers, ...webLayers }).map(
  ([name, { path, may }]) => ({
    name: `${name} imports only what it may`,
    severity: 'error',
    from: { path, pathNot: tests },
    to: { path: ours, pathNot: [path, ...may] },
  }),
)

const driverRules = Object.entries(drivers).map(([driver, path]) => ({
  name: `the driver ${driver} has one home`,
  severity: 'error',
  from: { path: ours, pathNot: [path, tests] },
  to: { path: `(^|node_modules/)(${driver.replace('node:', '(node:)?')})(/|$)`, dependencyTypesNot: ['local'] },
}))

/** An adapter knows its port and its driver; what several share is in `shared/`. Only `open.ts` knows which there are. */
const adapterRules = [
  ...['stores', 'backbones'].map((port) => ({
    name: `adapters of ${port} never import each other`,
    severity: 'error',
    from: { path: `^${server}/${port}/([^/]+)/`, pathNot: tests },
    to: { path: `^${server}/${port}/`, pathNot: `^${server}/${port}/($1|shared)/` },
  })),
  {
    name: 'only open.ts names adapters',
    severity: 'error',
    from: {
      path: `^${server}`,
      pathNot: [`^${server}/(stores|backbones|postgres|redis)/`, `^${server}/open.ts$`, tests],
    },
    to: { path: `^${server}/(stores|backbones|postgres|redis)/` },
  },
]

module.exports = {
  forbidden: [
    ...layerRules,
    ...driverRules,
    ...adapterRules,
    {
      name: 'nothing undeclared is imported',
      severity: 'error',
      from: { path: ours, pathNot: tests },
      // React is an optional peer of the SDK, and drivers are of the server: dependency-cruiser knows no peers.
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
        pathNot: '^node_modules/(react|pg|redis|@platformatic|@opentelemetry)/',
      },
    },
    { name: 'no rings', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every import resolves', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^node:' } },
    {
      name: 'code never imports a test',
      severity: 'error',
      from: { path: ours, pathNot: tests },
      to: { path: tests },
    },
  ],
  /** Judged without the tests, which may reach for more: what a folder imports is what its files import. */
  folders: [{ name: 'no rings between folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } }],
  tests,
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['dovetail-source', 'import', 'require', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
    doNotFollow: { path: 'node_modules' },
    // Templates are projects of their own, complete once they are put together: `npm run outside -- templates` compiles them.
    exclude: { path: '(^|/)dist/|^packages/create/templates/' },
  },
}
