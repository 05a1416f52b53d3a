/** Which tab is shown, and which request: kept in the part of the address behind #, so that it can be linked to. */

import { Store } from './store.ts';

export const tabs = [
  ['requests', 'Requests'],
  ['identity', 'Identity'],
  ['token', 'Token'],
  ['envelope', 'Envelope'],
  ['participants', 'Participants'],
  ['control', 'Clock and faults'],
  ['identities', 'Test identities'],
] as const;

/** The tabs that show nothing without an operator's world, clock or faults. */
export const tabsOfControl: ReadonlySet<string> = new Set([
  'envelope',
  'participants',
  'control',
  'identities',
]);

export type TabName = (typeof tabs)[number][0];

interface Place {
  readonly tab: TabName;
  /** of the request that is shown */
  readonly id?: string;
  /** what the fields of the tab begin with; not in the address, which others could see */
  readonly given?: Readonly<Record<string, string>>;
}

function placeOf(hash: string): Place {
  const [name, id] = hash.replace(/^#/, '').split('/');
  const tab = tabs.find(([each]) => each === name)?.[0] ?? 'requests';
  return id !== undefined && /^\d{1,16}$/.test(id) ? { tab, id } : { tab };
}

const hashOf = ({ tab, id }: Place): string => `#${tab}${id === undefined ? '' : `/${id}`}`;

export const place = new Store<Place>(placeOf(location.hash));

place.subscribe(() => {
  const hash = hashOf(place.get());
  if (hash !== location.hash) history.replaceState(null, '', hash);
});

addEventListener('hashchange', () => {
  if (hashOf(place.get()) !== location.hash) place.set(placeOf(location.hash));
});
