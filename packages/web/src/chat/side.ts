/** What stands beside a conversation. */
export type Side = 'none' | 'people' | 'search'
