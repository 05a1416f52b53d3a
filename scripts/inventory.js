// What of others is inside the package: THIRD-PARTY-LICENSES for people, sbom.cdx.json (CycloneDX) for tools. Both follow
// from what esbuild put into its outputs, and have no time and no random number: the same sources give the same files.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Licences that allow a copy inside a package under Apache-2.0, if their text comes with it. */
const allowed = new Set(['MIT', 'ISC', 'BSD-3-Clause', 'Apache-2.0']);

const mit = (holder) => `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
/** Packages that name their licence and come without its text. */
const texts = { 'abstract-logging': mit('James Sumners') };

/** The folders of the packages from which something is in the outputs of builds. */
function foldersOf(metafiles, repository) {
  const files = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([file]) => file),
    ),
  );
  const folder = /^(.*\/)?node_modules\/(@[^/]+\/)?[^/]+(?=\/)/;
  const found = files.map((file) => folder.exec(file)?.[0]).filter((one) => one !== undefined);
  return [...new Set(found)].map((one) => path.resolve(repository, one));
}

/** @throws Error naming a package whose licence is not allowed or has no text */
function read(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (!allowed.has(license)) {
    const which = [...allowed].join(', ');
    throw new Error(
      `${name}: expected a licence of ${which}, got ${license}; do not bundle it, or allow its licence`,
    );
  }
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.(md|txt))?$/i.test(one));
  const text = file === undefined ? texts[name] : readFileSync(path.join(folder, file), 'utf8');
  if (text === undefined) throw new Error(`${name}: expected the text of its licence, found none`);
  return { name, version, license, text: text.replaceAll('\r\n', '\n').trim() };
}

const purl = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** A component of CycloneDX. */
function component(type, one) {
  const [, group, name] = /^(?:(@[^/]+)\/)?(.+)$/.exec(one.name);
  return {
    type,
    'bom-ref': purl(one),
    ...(group === undefined ? {} : { group }),
    name,
    version: one.version,
    licenses: [{ license: { id: one.license } }],
    purl: purl(one),
  };
}

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** Writes both files into a folder. */
export function writeInventory(metafiles, repository, folder) {
  const inside = foldersOf(metafiles, repository)
    .map(read)
    .sort((a, b) => (purl(a) < purl(b) ? -1 : 1))
    .filter((one, index, all) => index === 0 || purl(one) !== purl(all[index - 1]));
  const rule = '-'.repeat(80);
  const parts = inside.map(
    ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`,
  );
  const head = 'uid2-mock-operator contains code of these packages, under their licences.\n';
  writeFileSync(path.join(folder, 'THIRD-PARTY-LICENSES'), [head, ...parts].join(`\n${rule}\n\n`));
  const own = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { ...component('application', own), description: own.description } },
    components: inside.map((one) => component('library', one)),
    dependencies: [
      { ref: purl(own), dependsOn: inside.map(purl) },
      ...inside.map((one) => ({ ref: purl(one) })),
    ],
  };
  writeFileSync(path.join(folder, 'sbom.cdx.json'), json(bom));
}
