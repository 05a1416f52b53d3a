// The release workflow: prints what the changelog says of the version that a tag names. It fails when the tag is not the
// version of the package, or when the changelog does not have it.
import { readFileSync } from 'node:fs';

const [tag = ''] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

function fail(sentence) {
  console.error(`release-notes: ${sentence}`);
  process.exit(1);
}

if (tag !== `v${version}`)
  fail(`expected the tag v${version}, the version in package.json; got ${tag || 'none'}`);

const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m).slice(1);
const section = sections.find((text) => text.startsWith(`[${version}]`));
if (section === undefined) fail(`expected a section [${version}] in CHANGELOG.md; got none`);

const notes = section.slice(section.indexOf('\n')).trim();
if (notes === '') fail(`expected entries in the section [${version}] of CHANGELOG.md; got none`);
console.log(notes);
