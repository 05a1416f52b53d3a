/** With one publisher's key and secret alone, a fault in how identifiers are read is noticed and named. */
import { describe, expect, it } from 'vitest';
import { runContract, type ContractReport } from '../contract-tests/index.ts';
import { listen } from '../mock-server/listen.ts';
import { composeMutant, mutants, stageWorld, type Mutant } from './index.ts';

async function verify({ id, on = {} }: Mutant): Promise<ContractReport> {
  const world = stageWorld(on, Date.now());
  const publisher = world.clients.find(({ name }) => name === 'Example Publisher');
  const credentials = publisher ? [{ key: publisher.key, secret: publisher.secret }] : [];
  const operator = await listen(await composeMutant(id, { world }));
  try {
    const filter = ['normalisation/*', 'same-person/*', 'generate/*'];
    return await runContract({ targets: [{ url: operator.url, credentials }], filter });
  } finally {
    await operator.close();
  }
}

const causes = ({ targets }: ContractReport): string[] =>
  targets.flatMap(({ findings }) => findings.map(({ example }) => example.likelyCause));

const ofArea = (...areas: string[]): Mutant[] => mutants.filter(({ area }) => areas.includes(area));

describe('with one publisher', () => {
  it.each(ofArea('normalisation', 'hashing').map((mutant) => [mutant.id, mutant] as const))(
    'notices %s',
    async (_, mutant) => {
      const report = await verify(mutant);
      expect(report.exitCode).toBe(1);
    },
    20_000,
  );

  it.each([
    ['normalisation/as-it-comes', 'the letters are not folded to lower case'],
    ['normalisation/keeps-case', 'the letters are not folded to lower case'],
    ['normalisation/folds-beyond-ascii', 'letters outside ASCII are folded too'],
    ['normalisation/keeps-gmail-dots', 'the dots are kept for gmail.com'],
    ['normalisation/keeps-gmail-extensions', 'the +suffix is kept for gmail.com'],
    ['normalisation/every-domain-is-gmail', 'dots are removed for every domain'],
    ['normalisation/googlemail-is-gmail', 'googlemail.com is treated as gmail.com'],
    ['normalisation/keeps-inner-spaces', 'inner spaces are kept'],
    ['normalisation/trims-all-blanks', 'white space other than the space is trimmed too'],
    ['normalisation/phones-without-plus', 'the plus sign of a phone number is not hashed with it'],
    ['hashing/line-break-hashed', 'a line feed is hashed with the identifier'],
    ['hashing/hash-of-the-hash', 'a supplied hash is hashed again, or read in another way'],
  ])(
    'names the cause of %s',
    async (id, cause) => {
      const [mutant] = mutants.filter((one) => one.id === id);
      expect(mutant && causes(await verify(mutant))).toContain(cause);
    },
    20_000,
  );
});
