/** Dark or light: as the system says, until the user chooses. */

import { KeptStore } from './store.ts';

const themes = ['system', 'light', 'dark'] as const;

export const theme = new KeptStore('uid2-mock-theme', 'system');

function apply(): void {
  const chosen = theme.get();
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen;
  else delete document.documentElement.dataset['theme'];
}

theme.subscribe(apply);
apply();

/** Goes on to the next choice. */
export function changeTheme(): void {
  const present = themes.findIndex((name) => name === theme.get());
  theme.set(themes[(present + 1) % themes.length] ?? 'system');
}
