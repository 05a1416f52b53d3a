/** The theme of VitePress without its fonts, and the doctors as elements of pages: `<HashDoctor />`. */

import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { placeOf } from './place.ts';
import './site.css';

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('HashDoctor', placeOf('hash'));
    app.component('TokenInspector', placeOf('token'));
    app.component('EnvelopeDoctor', placeOf('envelope'));
  },
};

export default theme;
