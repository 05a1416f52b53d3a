/** Tables whose columns have no name, as GitHub wants a head for every table: an empty cell is no heading of its column. */

import type { MarkdownRenderer } from 'vitepress';

export function nameNoColumns(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('cells-of-unnamed-columns', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type !== 'inline' || token.content !== '' || tokens[index - 1]?.type !== 'th_open') continue;
      for (const cell of [tokens[index - 1], tokens[index + 1]]) if (cell) cell.tag = 'td';
    }
  });
}
