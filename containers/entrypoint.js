/** What the container runs: the command line, with what only a container needs. */

const { argv, env, pid } = process;

// The container listens on its network, where /__admin needs a token. Without one, the mock does not serve it.
const hasToken = Boolean(env.UID2_MOCK_ADMIN_TOKEN) || argv.some((word) => /^--admin-token(=|$)/.test(word));
if (!hasToken) env.UID2_MOCK_ADMIN ||= 'false';

// For process 1 a signal without a handler does nothing, and most commands have none.
if (pid === 1) {
  const exitCodes = { SIGINT: 130, SIGTERM: 143 };
  for (const [signal, exitCode] of Object.entries(exitCodes)) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(exitCode);
    });
  }
}

await import('./bin/uid2-mock');
