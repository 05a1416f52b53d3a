/** The Python SDK from PyPI against the started binary. */
import path from 'node:path';
import { pythonWith } from './python-environment.ts';
import { describeSdkChecks, describeThroughProxy } from './sdk-checks.ts';

const folder = path.join(import.meta.dirname, 'python');
const requirements = path.join(folder, 'requirements.txt');

const checks = [
  'generate-email',
  'generate-phone',
  'generate-email-hash',
  'generate-phone-hash',
  'generate-unhashed-identifiers',
  'generate-twice-gives-different-tokens',
  'generate-opted-out',
  'refresh',
  'refresh-opted-out',
  'identity-map-v2-emails',
  'identity-map-v2-phones',
  'identity-map-v2-hashes',
  'identity-buckets',
  'identity-map-v3-mixed',
  'identity-map-v3-many',
  'bidstream-decrypts-a-fresh-token',
  'sharing-decrypts-a-fresh-token',
  'sharing-reaches-the-second-sharer',
  'sharing-does-not-reach-the-isolated-sharer',
  'isolated-sharer-cannot-read-publisher-tokens',
  'wrong-secret-at-generate',
  'wrong-secret-at-identity-map',
  'wrong-secret-at-keys',
  'unknown-key-and-missing-role-are-unauthorized',
];

async function install() {
  const program = await pythonWith('python', requirements);
  return { program, args: ['run_checks.py'], cwd: folder };
}

describeSdkChecks('Python SDK uid2-client', checks, install);
describeThroughProxy('Python SDK uid2-client', checks, install);
