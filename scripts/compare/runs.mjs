/** The runs whose results docs/compare keeps. Together they take less than eight minutes on a quiet machine. */

/** @type {readonly { name: string, args: readonly string[] }[]} */
export const runs = [
  { name: 'chat', args: ['--repeat', '2', '--duration', '4s'] },
  { name: 'quiet', args: ['--workload', 'quiet', '--repeat', '2', '--duration', '4s'] },
  { name: 'feed', args: ['--quick', '--workload', 'feed', '--clients', '20', '--repeat', '2', '--duration', '4s'] },
  { name: 'prices', args: ['--quick', '--workload', 'prices', '--clients', '20', '--repeat', '2', '--duration', '3s'] },
  { name: 'game', args: ['--quick', '--workload', 'game', '--clients', '8', '--repeat', '2', '--duration', '3s'] },
]
