/** The guide's pages, in the order in which somebody new reads them. */
export interface GuideGroup {
  readonly title: string
  readonly pages: readonly GuideEntry[]
}

export interface GuideEntry {
  /** The file in the repository's folder `docs/`, without `.md`. */
  readonly name: string
  readonly title: string
}

export const guideContents: readonly GuideGroup[] = [
  {
    title: 'Start',
    pages: [
      { name: 'install', title: 'Install' },
      { name: 'tutorial', title: 'A live list in React' },
      { name: 'embedding', title: 'In your own application' },
      { name: 'own-login', title: 'Your own login' },
      { name: 'backend', title: 'Your backend' },
      { name: 'modelling', title: 'Modelling your data' },
      { name: 'client', title: 'The SDK' },
    ],
  },
  {
    title: 'Build',
    pages: [
      { name: 'frameworks', title: 'In your framework' },
      { name: 'growing-records', title: 'Records that grow' },
      { name: 'followers', title: 'Followers' },
      { name: 'webhooks', title: 'Webhooks' },
      { name: 'files', title: 'Files' },
      { name: 'schema', title: 'Changing a schema' },
      { name: 'moving', title: 'Moving in and out' },
      { name: 'terminal', title: 'From a terminal' },
      { name: 'client-authors', title: 'Writing a client' },
    ],
  },
  {
    title: 'Run',
    pages: [
      { name: 'operating', title: 'Operating' },
      { name: 'scaling', title: 'Many servers' },
      { name: 'proxies', title: 'Proxies' },
      { name: 'security', title: 'Security' },
      { name: 'web-app', title: 'The web app' },
    ],
  },
  {
    title: 'Know',
    pages: [
      { name: 'protocol', title: 'Protocol' },
      { name: 'architecture', title: 'Architecture' },
      { name: 'compare', title: 'Polling or a WebSocket?' },
      { name: 'outside', title: 'Other clients and runtimes' },
    ],
  },
]

export const guidePages: readonly string[] = guideContents.flatMap(({ pages }) => pages.map(({ name }) => name))
