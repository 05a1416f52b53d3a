/** The pages of the site by role and topic. `scripts/site.test.ts` compares them with the files. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DefaultTheme } from 'vitepress';

interface Group {
  readonly text: string;
  /** paths from docs/, without `.md` */
  readonly pages: readonly string[];
}

export const groups: readonly Group[] = [
  {
    text: 'Begin here',
    pages: [
      'index',
      'publisher-server',
      'publisher-web',
      'dsp',
      'advertiser',
      'sdk-author',
      'wrong-hash',
      'ci',
      'containers',
      'executable',
    ],
  },
  { text: 'Try the doctors', pages: ['try/hash', 'try/token', 'try/envelope'] },
  {
    text: 'Point your client at it',
    pages: [
      'clients/index',
      'clients/javascript',
      'clients/prebid',
      'clients/python',
      'clients/java',
      'clients/csharp',
      'clients/cpp',
      'clients/android',
      'clients/ios',
      'clients/others',
    ],
  },
  {
    text: 'The mock',
    pages: [
      'test-identities',
      'profiles',
      'control',
      'faults',
      'doctors',
      'journal',
      'test-runners',
      'worlds',
      'many-instances',
      'options',
      'troubleshooting',
    ],
  },
  {
    text: 'The contract',
    pages: ['contract-suite', 'pact', 'migration-v1-v2', 'differences'],
  },
];

/** A page as its own first heading names it. */
function titleOf(docs: string, page: string): string {
  if (page === 'index') return 'Overview';
  const title = /^# (.+)$/m.exec(readFileSync(path.join(docs, `${page}.md`), 'utf8'))?.[1];
  if (title === undefined)
    throw new Error(`docs/${page}.md: expected a heading of the first level, got none`);
  return title.replaceAll('`', '');
}

/** The sidebar for the pages of a folder. */
export const sidebarOf = (docs: string): DefaultTheme.SidebarItem[] =>
  groups.map(({ text, pages }) => ({
    text,
    items: pages.map((page) => ({ text: titleOf(docs, page), link: `/${page}` })),
  }));
