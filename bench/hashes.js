// Computes the hashes that a map of as many emails needs, each time it gets a message, and reports the CPU time.
// node hashes.js EMAILS
import { hash } from 'node:crypto';

const emails = Array.from(
  { length: Number(process.argv[2]) },
  (_, i) => `some.user.${i}.0123abcd@example.com`,
);
const salted = 'x'.repeat(44 + 44);

process.on('message', () => {
  const before = process.cpuUsage();
  for (const email of emails) {
    hash('sha256', email, 'base64');
    hash('sha256', salted, 'base64');
    hash('sha256', salted, 'base64');
  }
  const { user, system } = process.cpuUsage(before);
  process.send({ cpuUs: user + system });
});
process.send('ready');
