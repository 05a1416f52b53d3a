/** Checks the relative links of the pages, and the places within a page that they name. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { anchorOf } from '../../docs/.vitepress/links.ts';
import { repository, textOf } from './pages.ts';

const withoutBlocks = (text: string): string => text.replace(/^\s*(`{3,}).*?^\s*\1\s*$/gms, '');

/** The anchors that GitHub makes of the headings of a page, and those that it sets itself. */
function anchorsOf(page: string): Set<string> {
  const text = withoutBlocks(textOf(page));
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id));
  for (const [, heading = ''] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const name = anchorOf(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

function problemOf(page: string, link: string): string | undefined {
  const [file = '', anchor] = decodeURI(link).split('#');
  const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
  if (!existsSync(path.join(repository, target))) return `${page}: ${link} does not exist`;
  if (anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor)) return undefined;
  return `${page}: ${target} has no heading for #${anchor}`;
}

/** A sentence for each link of the page that leads nowhere. */
export function brokenLinksOf(page: string): string[] {
  const text = withoutBlocks(textOf(page)).replace(/`[^`\n]*`/g, '');
  const links = [...text.matchAll(/\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)|(?:src|href)="([^"]+)"/g)];
  return links
    .map(([, link, other]) => link ?? other ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .flatMap((link) => problemOf(page, link) ?? []);
}
