/** The Java SDK from Maven Central against the started binary. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.ts';
import { cached, needProgram } from './runtime.ts';
import { describeSdkChecks, describeThroughProxy } from './sdk-checks.ts';

const folder = path.join(import.meta.dirname, 'java');
const sourceFolder = path.join(folder, 'src/sdkchecks');

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
  const debianPackages = ['maven', 'default-jdk-headless'];
  // The compiler first: a machine with a Java runtime alone has `java` too.
  await needProgram(['javac'], debianPackages);
  const java = await needProgram(['java'], debianPackages);
  const maven = await needProgram(['mvn'], debianPackages);
  const sources = readdirSync(sourceFolder).map((name) => path.join(sourceFolder, name));
  const target = await cached('java', [path.join(folder, 'pom.xml'), ...sources], java, async (empty) => {
    const goals = ['compile', 'dependency:copy-dependencies'];
    await run(maven, ['--quiet', '--batch-mode', `-Dchecks.output=${empty}`, ...goals], { cwd: folder });
  });
  const classPath = [path.join(target, 'classes'), path.join(target, 'lib', '*')].join(path.delimiter);
  return { program: java, args: ['-cp', classPath, 'sdkchecks.RunChecks'], cwd: folder };
}

describeSdkChecks('Java SDK com.uid2:uid2-client', checks, install);
describeThroughProxy('Java SDK com.uid2:uid2-client', checks, install);
