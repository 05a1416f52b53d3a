/** The documentation site: `npm run docs` serves it while pages are written, `npm run docs:build` builds it. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitepress';
import { anchorOf, leadOutside } from './links.ts';
import { withPolicy } from './policy.ts';
import { sidebarOf } from './sidebar.ts';
import { nameNoColumns } from './tables.ts';

const docs = path.resolve(import.meta.dirname, '..');
const { version, repository } = JSON.parse(readFileSync(path.join(docs, '../package.json'), 'utf8')) as {
  version: string;
  repository: { url: string };
};
const REPOSITORY = repository.url.replace(/^git\+|\.git$/g, '');

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230f766e'/%3E%3Cpath d='M4.5 4v4.2a3.5 3.5 0 0 0 7 0V4' fill='none' stroke='%23fff' stroke-width='2' stroke-linecap='round'/%3E%3C/svg%3E";

export default defineConfig({
  title: 'uid2-mock-operator',
  description:
    'A local UID2 operator for development and tests, which says why a request is refused and a hash differs',
  lang: 'en',
  // GitHub serves the pages of a project below its name
  base: process.env['SITE_BASE'] ?? '/',
  cleanUrls: true,
  // it would need a style in the page, which the policy refuses
  appearance: { disableTransition: false },
  head: [['link', { rel: 'icon', href: icon }]],
  markdown: {
    anchor: { slugify: anchorOf },
    // the colours of the default themes have too little contrast
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    languageAlias: { cjs: 'js', mjs: 'js' },
    config(markdown) {
      leadOutside(markdown, REPOSITORY);
      nameNoColumns(markdown);
    },
  },
  transformPageData(page) {
    if (page.relativePath.startsWith('try/'))
      Object.assign(page.frontmatter, { aside: false, pageClass: 'doctor-page' });
  },
  transformHtml: withPolicy,
  themeConfig: {
    nav: [
      { text: 'Hash doctor', link: '/try/hash' },
      { text: `Version ${version}`, link: `${REPOSITORY}/blob/main/CHANGELOG.md` },
    ],
    sidebar: sidebarOf(docs),
    outline: [2, 3],
    search: {
      provider: 'local',
      // voice control needs the visible text of the button as its name; the space keeps K apart
      options: { translations: { button: { buttonText: 'Search ', buttonAriaLabel: 'Search K' } } },
    },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
  },
  vite: {
    // the doctors are those of the inspector page, which Preact draws
    esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  },
});
