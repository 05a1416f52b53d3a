#!/usr/bin/env node
/** The binary. Its other files load only on a Node that can run them. */

const REQUIRED = { major: 20, minor: 19 };

async function main(): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < REQUIRED.major || (major === REQUIRED.major && minor < REQUIRED.minor)) {
    process.stderr.write(
      `uid2-mock: expected Node ${REQUIRED.major}.${REQUIRED.minor} or newer; got ${process.versions.node}\n`,
    );
    process.exitCode = 2;
    return;
  }
  if (major === 20) {
    // A collection of the old generation just before the first requests clears what Node 20 learnt of its own functions,
    // and they stay slow: a twentieth of the throughput. Young objects that have room do not become old.
    const { setFlagsFromString } = await import('node:v8');
    setFlagsFromString('--semi-space-growth-factor=16');
  }
  const { processIo } = await import('./io.ts');
  const { run } = await import('./run.ts');
  const io = processIo();
  await run(process.argv.slice(2), io);
  // Open connections must not keep the process running. It exits after both streams are flushed.
  process.stderr.write('', () => process.stdout.write('', () => process.exit(io.exitCode)));
}

void main();
