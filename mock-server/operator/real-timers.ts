/** The timers of Node, kept from the start: a test in the same process that replaces timers must not stop a mock. */
export const realTimers = {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  /** ms since some moment */
  elapsed: performance.now.bind(performance),
} as const;
