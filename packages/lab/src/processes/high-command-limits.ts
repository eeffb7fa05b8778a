/**
 * Arguments of a Dovetail server that thousands of anonymous readers of one address connect to: by default, one address
 * may not send that many commands at once.
 */
export const highCommandLimits = ['--limit', 'commands=100000', '--limit', 'commandsBurst=100000']
