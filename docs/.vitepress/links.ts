/** Links as GitHub understands them: the pages are read there too. */

import path from 'node:path';
import type { MarkdownEnv, MarkdownRenderer } from 'vitepress';

/** The address in the repository of what a page links to; undefined for links within docs/ and to elsewhere. */
function outsideOf(page: string, href: string): string | undefined {
  if (/^[a-z][a-z\d+.-]*:|^[/#]/i.test(href)) return undefined;
  const target = path.posix.join('docs', path.posix.dirname(page), href);
  return target.startsWith('docs/') ? undefined : target;
}

/** The anchor that GitHub gives to a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .trim()
    .replaceAll(' ', '-');

/** Links that leave docs/, such as `../README.md`, lead to the repository. */
export function leadOutside(markdown: MarkdownRenderer, repository: string): void {
  markdown.core.ruler.push('links-that-leave-docs', (state) => {
    const { relativePath } = state.env as MarkdownEnv;
    for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href');
      const target = token.type === 'link_open' && href !== null && outsideOf(relativePath, href);
      if (typeof target === 'string') token.attrSet('href', `${repository}/blob/main/${target}`);
    }
  });
}
