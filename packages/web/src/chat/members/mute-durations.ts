/** For how long a member can be muted. */
export const muteDurations = [
  { name: 'for 10 minutes', ms: 600_000 },
  { name: 'for 1 hour', ms: 3_600_000 },
  { name: 'for 1 day', ms: 86_400_000 },
] as const
