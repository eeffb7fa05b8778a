/** One limit: its default, the range in which it may be set, and what it bounds. The name of a limit says its unit. */
export interface LimitDefinition {
  readonly default: number
  readonly min: number
  readonly max: number
  readonly about: string
}

/** The longest delay of a timer: in every JavaScript runtime a delay above 2^31-1 ms becomes 1 ms. */
const maxSeconds = 2_147_483

/** Every limit, set by `--limit name=value` and sent to clients by `hello` and `GET /v1/limits`. */
export const limitTable = {
  recordBytes: { default: 60_000, min: 256, max: 1_048_576, about: "UTF-8 bytes of a record's data as JSON" },
  depth: { default: 64, min: 4, max: 512, about: "nesting of a record's data" },
  messageBytes: { default: 131_072, min: 1024, max: 16_777_216, about: 'one WebSocket message from a client' },
  bodyBytes: { default: 1_048_576, min: 1024, max: 67_108_864, about: 'one request body' },
  replyBytes: { default: 1_048_576, min: 65_536, max: 16_777_216, about: 'one page, or one reply of REST' },
  frameBytes: {
    default: 64_512,
    min: 31_744,
    max: 16_777_216,
    about: 'one WebSocket message or event of a stream, unless one record alone is larger',
  },
  batchWrites: { default: 500, min: 1, max: 10_000, about: 'writes in one batch' },
  subscriptions: { default: 1000, min: 1, max: 100_000, about: 'channels that one connection follows' },
  pageRecords: { default: 500, min: 1, max: 10_000, about: 'the most records of one page' },
  pageRecordsDefault: { default: 50, min: 1, max: 10_000, about: 'records of a page that names no limit' },
  changes: { default: 1000, min: 1, max: 10_000, about: 'the most changes of one reply' },
  changesDefault: { default: 500, min: 1, max: 10_000, about: 'changes of a reply that names no limit' },
  pollChannels: { default: 50, min: 1, max: 1000, about: 'channels of one GET /v1/changes' },
  waitSeconds: { default: 25, min: 0.1, max: 55, about: 'a long-poll that names no wait' },
  waitSecondsMax: { default: 55, min: 0.1, max: 55, about: 'the longest wait of a long-poll' },
  pingSeconds: { default: 25, min: 0.1, max: maxSeconds, about: 'between two pings of a WebSocket' },
  pongSeconds: { default: 5, min: 0.1, max: maxSeconds, about: 'for the pong, while nothing waits to be sent' },
  commentSeconds: { default: 4, min: 0.1, max: maxSeconds, about: 'between two comments of an event stream' },
  stallSeconds: {
    default: 60,
    min: 0.1,
    max: maxSeconds,
    about: 'without progress in reading, then the connection ends',
  },
  bufferBytes: {
    default: 262_144,
    min: 16_384,
    max: 16_777_216,
    about: 'waiting to be sent to one connection; then it is behind',
  },
  flushMaxMs: {
    default: 50,
    min: 0,
    max: 1000,
    about: 'the longest that new changes wait for the next flush of a busy server',
  },
  presenceSeconds: { default: 30, min: 0.1, max: maxSeconds, about: 'of silence, then a reader is no longer present' },
  presenceStateBytes: { default: 1024, min: 16, max: 30_000, about: 'UTF-8 bytes of a presence state as JSON' },
  helloSeconds: { default: 10, min: 0.1, max: maxSeconds, about: 'for the first command of a WebSocket' },
  leewaySeconds: { default: 30, min: 0, max: 300, about: 'by which clocks may differ: exp, nbf and iat' },
  connections: { default: 20_000, min: 1, max: 1_000_000, about: 'connections of one address' },
  guests: { default: 30, min: 1, max: 1_000_000, about: 'new guests a minute of one address' },
  failures: { default: 600, min: 1, max: 1_000_000, about: 'refused tokens a minute of one address' },
  commands: { default: 200, min: 1, max: 1_000_000, about: 'commands a second of one user' },
  commandsBurst: { default: 1000, min: 1, max: 1_000_000, about: 'commands at once of one user' },
  addressCommands: {
    default: 4000,
    min: 1,
    max: 1_000_000,
    about: 'commands a second of all callers without a token of one address',
  },
  addressCommandsBurst: {
    default: 20_000,
    min: 1,
    max: 1_000_000,
    about: 'commands at once of all callers without a token of one address',
  },
  channels: { default: 100, min: 1, max: 1_000_000, about: 'new channels a minute of one user' },
  channelsBurst: { default: 1000, min: 1, max: 1_000_000, about: 'new channels at once of one user' },
  readCost: { default: 0.1, min: 0, max: 1000, about: 'the price of a GET, in commands' },
  searchCost: { default: 2, min: 0, max: 1000, about: 'the price of a search, in commands' },
  recordsCost: { default: 1, min: 0, max: 1000, about: 'the price of 1,000 records that are read, in commands' },
  consumers: { default: 100, min: 1, max: 10_000, about: 'named consumers' },
  leaseSeconds: {
    default: 30,
    min: 0.1,
    max: 3600,
    about: 'without a renewal, then another worker of a consumer gets its channels',
  },
  fileBytes: { default: 10_485_760, min: 1, max: 5_368_709_120, about: 'one file' },
  filesWaiting: {
    default: 20,
    min: 1,
    max: 10_000,
    about: 'files of one user in one channel that no record refers to',
  },
  uploads: { default: 4, min: 1, max: 1000, about: 'uploads of one user at once' },
  uploadSeconds: { default: 300, min: 0.1, max: 3600, about: 'for the bytes of one upload' },
  uploadCost: { default: 10, min: 0, max: 1000, about: 'the price of 1 MiB of a file that is uploaded, in commands' },
  idempotencyHours: { default: 24, min: 24, max: 8760, about: 'for which a write remembers its key' },
} as const satisfies Record<string, LimitDefinition>

export type LimitName = keyof typeof limitTable
export type Limits = { readonly [Name in LimitName]: number }

export const defaultLimits: Limits = Object.freeze(
  Object.fromEntries(Object.entries(limitTable).map(([name, meaning]) => [name, meaning.default])) as Record<
    LimitName,
    number
  >,
)

export function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(limitTable, name)
}
