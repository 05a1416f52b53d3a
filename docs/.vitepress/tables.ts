/** GitHub needs a head row in every table. Where a column has no name, its empty head becomes a plain cell, for screen readers. */

import type { MarkdownRenderer } from 'vitepress';

export function nameNoColumns(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('cells-of-unnamed-columns', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type !== 'inline' || token.content !== '' || tokens[index - 1]?.type !== 'th_open') continue;
      for (const cell of [tokens[index - 1], tokens[index + 1]]) if (cell) cell.tag = 'td';
    }
  });
}
