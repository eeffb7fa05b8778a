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
  cli: { path: '^packages/cli/src', may: ['^packages/(client|lab|protocol|server)/src'] },
  server: { path: `^${server}`, may: ['^packages/protocol/src'] },
  'server: ports': { path: `^${server}/ports`, may: ['^packages/protocol/src'] },
  'server: core': { path: `^${server}/core`, may: [`^${server}/ports`, '^packages/protocol/src'] },
  'server: redis': { path: `^${server}/redis`, may: [`^${server}/ports`] },
  'server: stores': { path: `^${server}/stores`, may: [`^${server}/(ports|redis)`, '^packages/protocol/src'] },
  'server: backbones': { path: `^${server}/backbones`, may: [`^${server}/(ports|redis)`, '^packages/protocol/src'] },
  'server: auth': { path: `^${server}/auth`, may: [`^${server}/(core|ports)`, '^packages/protocol/src'] },
  'server: telemetry': { path: `^${server}/telemetry`, may: [`^${server}/(core|ports)`, '^packages/protocol/src'] },
  'server: api': { path: `^${server}/api`, may: ['^packages/protocol/src'] },
  'server: transports': {
    path: `^${server}/transports`,
    may: [`^${server}/(api|auth|core|ports|telemetry)`, '^packages/protocol/src'],
  },
}

/** A driver → the only files that may import it. */
const drivers = {
  'node:sqlite|@photostructure/sqlite': `^${server}/stores/sqlite`,
  pg: `^${server}/stores/postgres`,
  redis: `^${server}/redis`,
  '@platformatic/kafka': `^${server}/backbones`,
  fastify: `^(${server}/(transports|telemetry|start|listen)|packages/lab/src/bench/plain-fastify-server)`,
  commander: '^packages/cli/src',
}

/** Tests stand beside the code and may reach for more: a real store under a hub, a server behind a client. */
const tests = '\\.(test|contract|fixture)\\.tsx?$'

const ours = '^packages/[^/]+/src'

/** A file may import its own layer, and what its layer lists. */
const layerRules = Object.entries(layers).map(([name, { path, may }]) => ({
  name: `${name} imports only what it may`,
  severity: 'error',
  from: { path, pathNot: tests },
  to: { path: ours, pathNot: [path, ...may] },
}))

const driverRules = Object.entries(drivers).map(([driver, path]) => ({
  name: `the driver ${driver} has one home`,
  severity: 'error',
  from: { path: ours, pathNot: [path, tests] },
  to: { path: `(^|node_modules/)(${driver.replace('node:', '(node:)?')})(/|$)`, dependencyTypesNot: ['local'] },
}))

module.exports = {
  forbidden: [
    ...layerRules,
    ...driverRules,
    { name: 'no rings', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every import resolves', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^node:' } },
    {
      name: 'code never imports a test',
      severity: 'error',
      from: { path: ours, pathNot: tests },
      to: { path: tests },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['dovetail-source', 'import', 'require', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
  },
}
