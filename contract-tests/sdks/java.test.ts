/** The Java SDK from Maven Central against the started binary. */
import { javaWithSdk } from './java-environment.ts';
import { describeSdkChecks, describeThroughProxy } from './sdk-checks.ts';

const checks = [
  'generate-email',
  'generate-phone',
  'generate-email-hash',
  'generate-phone-hash',
  'generate-twice-gives-different-tokens',
  'generate-opted-out',
  'refresh',
  'refresh-opted-out',
  'identity-survives-storage',
  'identity-map-v2-emails',
  'identity-map-v2-phones',
  'identity-map-v2-hashes',
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
  const { java, classPath } = await javaWithSdk();
  return { program: java, args: ['-cp', classPath, 'sdkchecks.RunChecks'], cwd: import.meta.dirname };
}

describeSdkChecks('Java SDK com.uid2:uid2-client', checks, install);
describeThroughProxy('Java SDK com.uid2:uid2-client', checks, install);
