/** Java with the published SDK and the checks of `java/`, compiled. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.ts';
import { cached, needProgram } from './runtime.ts';

const folder = path.join(import.meta.dirname, 'java');
const sourceFolder = path.join(folder, 'src/sdkchecks');

/** The path of `java`, and a class path with the SDK, what it needs, and the checks. */
interface JavaEnvironment {
  java: string;
  classPath: string;
}

export async function javaWithSdk(): Promise<JavaEnvironment> {
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
  return { java, classPath };
}
