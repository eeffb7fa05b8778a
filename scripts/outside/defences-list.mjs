/**
 * The threats that the server is defended against, each with one defence: where it stands in the sources, by what it is
 * replaced to take it out, and the tests that have to fail then.
 *
 * @typedef {object} Defence
 * @property {number} threat its number in docs/security.md
 * @property {string} name of the threat
 * @property {string} what the defence
 * @property {string} file
 * @property {string} text stands once in the file
 * @property {string} broken what it is replaced by
 * @property {string} test the file of tests
 * @property {string} [named] a pattern of the titles of those that are run; none: all of the file
 */

const server = 'packages/server/src'

/** @type {readonly Defence[]} */
export const defences = [
  {
    ...{ threat: 1, name: 'Pages of other sites', what: 'origins are compared with the list' },
    file: `${server}/transports/http/origins.ts`,
    text: ': this.#allowed.has(text)',
    broken: ': true',
    test: 'test/cases/http/b17-origins.test.ts',
  },
  {
    ...{ threat: 2, name: 'Tokens in addresses', what: 'a ticket opens one connection, once' },
    file: `${server}/auth/tickets.ts`,
    text: '|| !(await this.#accounts.spend(payload.jti, until + 60_000))',
    broken: '|| until < 0',
    test: 'test/transports/access/tickets-and-sign-ins.test.ts',
  },
  {
    ...{ threat: 3, name: 'Expired tokens', what: 'an open connection ends with its token' },
    file: `${server}/transports/connections/token-expiry.ts`,
    text: "if (leftSeconds <= -limits.leewaySeconds) return 'expired'",
    broken: '',
    test: 'test/cases/access/b15-ended-sign-ins.test.ts',
  },
  {
    ...{ threat: 4, name: 'Ended sign-ins', what: 'a revoked session is refused' },
    file: `${server}/core/access/revocations.ts`,
    text: 'if (session !== null && this.#sessions.has(session)) return true',
    broken: '',
    test: 'test/cases/access/b15-ended-sign-ins.test.ts',
  },
  {
    ...{ threat: 5, name: 'Lost rights', what: 'a reader who lost the right is cut off in log order' },
    file: `${server}/core/log/recheck-access.ts`,
    text: 'if (!mayStay && !feed.isClosed)',
    broken: 'if (!mayStay && feed.isClosed)',
    test: 'test/transports/access/tokens.test.ts',
    named: 'a lost membership ends',
  },
  {
    ...{ threat: 6, name: "Other people's channels", what: 'every verb asks for its right' },
    file: `${server}/core/access/require-action.ts`,
    text: 'await authorize({ caller, channel, policy, membership, action: { verb }, now: core.clock.now() })',
    broken: '',
    test: 'test/cases/access/rights-matrix.test.ts',
  },
  {
    ...{ threat: 7, name: 'Readers that take nothing', what: 'time without progress is measured, and ended' },
    file: `${server}/transports/connections/write-stall.ts`,
    text: 'return now - this.#stuckSince',
    broken: 'return 0',
    test: 'test/cases/connections/b11-dead-readers.test.ts',
  },
  {
    ...{ threat: 8, name: 'Slow requests', what: 'headers have 10 s' },
    file: `${server}/runtime/listen.ts`,
    text: 'headersTimeout: 10_000,',
    broken: 'headersTimeout: 3_600_000,',
    test: 'test/cases/hostile-input/slow-headers.test.ts',
  },
  {
    ...{ threat: 8, name: 'Slow requests', what: 'bodies have 30 s' },
    file: `${server}/transports/http/requests.ts`,
    text: 'else if (now - line.slow.since > bodyMs) refuseSlowRequest(socket, response)',
    broken: '',
    test: 'packages/server/src/transports/http/requests.test.ts',
  },
  {
    ...{ threat: 9, name: 'Large and broken frames', what: 'a message has at most `messageBytes`' },
    file: `${server}/transports/websocket/upgrade.ts`,
    text: 'maxPayload: context.core.limits.messageBytes,',
    broken: 'maxPayload: 2 ** 30,',
    test: 'test/cases/connections/ws-cves.test.ts',
    named: 'a message is limited',
  },
  {
    ...{ threat: 9, name: 'Large and broken frames', what: 'a message has at most 64 fragments' },
    file: `${server}/transports/websocket/upgrade.ts`,
    text: 'const maxFragments = 64',
    broken: 'const maxFragments = 1_000_000',
    test: 'test/cases/connections/ws-cves.test.ts',
    named: 'tiny or empty fragments',
  },
  {
    ...{ threat: 10, name: 'Floods of pings', what: 'a ping counts as a command' },
    file: `${server}/transports/websocket/connection.ts`,
    text: "if (!isFree && this.#hears) this.#bear(this.#pace.takeFrame(), 'too many pings')",
    broken: '',
    test: 'test/cases/connections/ws-cves.test.ts',
    named: 'pings count as commands',
  },
  {
    ...{ threat: 11, name: 'Messages that inflate', what: 'compression is not agreed to' },
    file: `${server}/transports/websocket/upgrade.ts`,
    text: 'perMessageDeflate: false,',
    broken: 'perMessageDeflate: true,',
    test: 'test/cases/connections/deflate.test.ts',
  },
  {
    ...{ threat: 12, name: 'Requests within an upgrade', what: 'an upgrade has no body, and nothing follows it' },
    file: `${server}/transports/websocket/upgrade.ts`,
    text: 'if (hasBody || head.length > 0)',
    broken: 'if (hasBody && head.length < 0)',
    test: 'test/cases/http/smuggling.test.ts',
  },
  {
    ...{ threat: 13, name: 'Sockets that break in the handshake', what: 'their errors are handled from the start' },
    file: `${server}/runtime/listen.ts`,
    text: '      // Node no longer handles the errors of this socket.\n      endWhenBroken(socket)\n',
    broken: '',
    test: 'test/transports/http/methods.test.ts',
  },
  {
    ...{ threat: 14, name: 'Many and large headers', what: 'all headers have 16 KiB together' },
    file: `${server}/runtime/listen.ts`,
    text: 'maxHeaderSize: 16_384,',
    broken: 'maxHeaderSize: 1_000_000,',
    test: 'test/cases/hostile-input/floods.test.ts',
    named: 'over 16 KiB',
  },
  {
    ...{ threat: 15, name: 'Floods of subscribes', what: 'a connection follows `subscriptions` channels' },
    file: `${server}/transports/websocket/command.ts`,
    text: 'session.subscriptions.size + session.patterns.size < limits.subscriptions) return',
    broken: 'limits.subscriptions > 0) return',
    test: 'test/cases/hostile-input/floods.test.ts',
    named: 'of subscribes',
  },
  {
    ...{ threat: 16, name: 'Floods of presence', what: 'a join and a leave between two flushes send nothing' },
    file: `${server}/core/presence/presence-room.ts`,
    text: 'this.#moves.set(user, { seq: ++this.#seq, kind: before?.kind',
    broken: 'this.#parts.mark(this); this.#moves.set(user + ++this.#seq, { seq: this.#seq, kind: before?.kind',
    test: 'packages/server/src/core/presence/presences.test.ts',
  },
  {
    ...{ threat: 17, name: 'Repeated writes', what: 'a key belongs to one verb, target and data' },
    file: `${server}/core/write/seen.ts`,
    text: "known.fingerprint === fingerprint(command) ? 'known' : 'clashing'",
    broken: "known.fingerprint === fingerprint(command) ? 'known' : 'known'",
    test: 'test/transports/rest/idempotency.test.ts',
  },
  {
    ...{ threat: 18, name: 'Scripts and images in what people write', what: "the pages' content security policy" },
    file: `${server}/transports/rest/pages/content-security-policy.ts`,
    text: '"img-src \'self\' data:"',
    broken: '"img-src *"',
    test: 'test/cases/http/web-files.test.ts',
  },
  {
    ...{ threat: 19, name: 'Query languages', what: 'words of a search are quoted' },
    file: `${server}/stores/sqlite/search/search-tokens.ts`,
    text: 'const terms = query.words.map(quoted)',
    broken: 'const terms = query.words.map(String)',
    test: 'packages/server/src/stores/sqlite/search/match-syntax.test.ts',
  },
  {
    ...{ threat: 20, name: 'Paths out of the web root', what: 'a link that leads out of it is not followed' },
    file: `${server}/transports/rest/pages/web-app.ts`,
    text: 'if (!staysWithin(root, path)) throw nothingHere()',
    broken: '',
    test: 'test/cases/http/web-files.test.ts',
  },
  {
    ...{ threat: 21, name: 'Keys that every object has', what: 'members are defined, not assigned' },
    file: `${server}/core/rules/json.ts`,
    text: 'Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })',
    broken: '(object as Record<string, unknown>)[key] = value',
    test: 'test/cases/hostile-input/pollution.test.ts',
  },
  {
    ...{ threat: 22, name: 'Texts that cost time', what: 'no regular expression takes the square of its text' },
    file: `${server}/auth/tokens.ts`,
    text: String.raw`/^[\w-]+\.[\w-]+\.[\w-]+$/`,
    broken: String.raw`/^[\w-]{0,2000}[\w-]*\.[\w-]+\.[\w-]+$/`,
    test: 'test/cases/hostile-input/redos.test.ts',
  },
  {
    ...{ threat: 22, name: 'Texts that cost time', what: 'what nests too deep is cut before it is parsed' },
    file: `${server}/transports/http/body.ts`,
    text: 'cutDeeper(utf8.decode(buffer), maxDepth + mostWrapping)',
    broken: 'cutDeeper(utf8.decode(buffer), maxDepth + mostWrapping + 2 ** 30)',
    test: 'test/cases/hostile-input/brackets.test.ts',
  },
  {
    ...{ threat: 23, name: 'Answers that other sites read', what: 'a request of another origin is refused' },
    file: `${server}/transports/rest/app.ts`,
    text: 'if (!context.origins.allows(origin)) {',
    broken: 'if (origin === null) {',
    test: 'test/cases/http/b17-origins.test.ts',
  },
  {
    ...{ threat: 24, name: 'Requests that other sites send', what: 'a body that a form can send is refused' },
    file: `${server}/transports/http/body.ts`,
    text: "['application/json', 'application/merge-patch+json', operationsType],",
    broken: "['application/json', 'application/merge-patch+json', operationsType, 'text/plain'],",
    test: 'test/cases/http/cross-site.test.ts',
  },
  {
    ...{ threat: 25, name: 'Others in the same Redis', what: 'every part of a notification is checked' },
    file: `${server}/backbones/shared/notification-text.ts`,
    text: "return typeof data === 'string' && isJson(data) ?",
    broken: "return typeof data === 'string' ?",
    test: 'packages/server/src/backbones/shared/notification-text.test.ts',
  },
  {
    ...{ threat: 26, name: 'Forged tokens', what: 'a token names its user by `sub`, and its end by `exp`' },
    file: `${server}/auth/tokens.ts`,
    text: "if (typeof exp !== 'number') throw unauthenticated('its \"exp\" is missing')",
    broken: '',
    test: 'test/transports/access/tokens.test.ts',
  },
  {
    ...{ threat: 26, name: 'Forged tokens', what: 'the server fixes the algorithm' },
    file: `${server}/auth/tokens.ts`,
    text: '{ ...options, algorithms: [algorithm] }',
    broken: '{ ...options }',
    test: 'test/transports/access/tokens.test.ts',
  },
  {
    ...{ threat: 27, name: 'Comparisons that tell by their time', what: 'signatures are compared in constant time' },
    file: `${server}/auth/file-addresses.ts`,
    text: 'timingSafeEqual(given, expected)',
    broken: 'given.equals(expected)',
    test: 'packages/server/src/auth/file-addresses.test.ts',
  },
  {
    ...{ threat: 28, name: 'Names in logs and metrics', what: 'a metric is labelled by the route, not the path' },
    file: `${server}/transports/rest/app.ts`,
    text: "return request.is404 ? 'none' : (request.routeOptions.url ?? 'none')",
    broken: 'return request.url',
    test: 'test/runtime/probes-and-metrics.test.ts',
  },
  {
    ...{ threat: 29, name: 'Packages of others', what: 'a new script of an installation is named' },
    file: 'scripts/release/check-licences.mjs',
    text: 'if (entry.hasInstallScript === true && !withInstallScript.has(name))',
    broken: 'if (entry.hasInstallScript === 1 && !withInstallScript.has(name))',
    test: 'test/checks/licences.test.ts',
  },
  {
    ...{ threat: 29, name: 'Secrets that can be guessed', what: 'a secret has 32 characters' },
    file: `${server}/auth/secret.ts`,
    text: 'export const minSecretLength = 32',
    broken: 'export const minSecretLength = 1',
    test: 'test/cli/wrong-options.test.ts',
  },
]
