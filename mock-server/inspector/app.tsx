/** The frame of the page: its head, its tabs, and what each shows. */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ClockReading, Health } from '../admin/calls/service-schema.ts';
import { hasControl, operatorUrl, session, testId } from './api.ts';
import { ControlTab } from './control/control.tsx';
import { Help, TokenDialog } from './dialogs.tsx';
import { EnvelopeTab, IdentityTab, TokenTab } from './doctors/tabs.tsx';
import { feed } from './feed.ts';
import { Identities } from './identities.tsx';
import { useCommands } from './keyboard.ts';
import { Participants } from './participants.tsx';
import { Announcer } from './parts.tsx';
import { type TabName, place, tabs as allTabs, tabsOfControl } from './place.ts';
import { Requests } from './requests/requests.tsx';
import { useStore } from './store.ts';
import { brief, dateAndTime } from './text.ts';
import { changeTheme, theme } from './theme.ts';
import { useCall } from './use-call.ts';

const contents: Readonly<Record<TabName, () => JSX.Element>> = {
  requests: Requests,
  identity: IdentityTab,
  token: TokenTab,
  envelope: EnvelopeTab,
  participants: Participants,
  control: ControlTab,
  identities: Identities,
};

const feedWords = {
  connecting: 'connecting',
  live: 'live',
  lost: 'no connection',
  off: 'no journal',
} as const;

function FeedState() {
  const state = useStore(feed.state);
  return (
    <span class={`feed ${state.is}`} title={'why' in state ? brief(state.why) : undefined}>
      <span class="dot" aria-hidden="true" /> {feedWords[state.is]}
    </span>
  );
}

/** The clock, where it is not that of the machine. */
function MovedClock() {
  const isThere = useStore(hasControl);
  const { value } = useCall<ClockReading>('clock', isThere ? 5000 : 0);
  if (value === undefined) return null;
  const isMoved = value.frozen || value.rate !== 1 || Math.abs(value.now_ms - Date.now()) > 60_000;
  if (!isMoved) return null;
  return (
    <button type="button" class="link moved" onClick={() => place.set({ tab: 'control' })}>
      {value.frozen ? 'frozen at' : 'clock'} {dateAndTime(Math.floor(value.now_ms / 1000) * 1000)}
    </button>
  );
}

const themeIcons: Readonly<Record<string, string>> = { system: '◐', light: '○', dark: '●' };

function Head({ onHelp }: { readonly onHelp: () => void }) {
  const { value: health } = useCall<Health>('health');
  const chosen = useStore(theme);
  return (
    <header class="head">
      <span class="brand">
        <b>UID2</b> mock operator
      </span>
      <span class="facts-line">
        {health && (
          <span>
            {brief(health.profile)} · {health.scope.toUpperCase()} · {brief(health.version)}
          </span>
        )}
        {testId !== '' && <span class="chip role">test {brief(testId)}</span>}
        <MovedClock />
      </span>
      <span class="url">{operatorUrl.replace(/^https?:\/\//, '')}</span>
      <FeedState />
      <button
        type="button"
        class="icon"
        aria-label={`Theme: ${chosen}`}
        title={`Theme: ${chosen}`}
        onClick={changeTheme}
      >
        <span aria-hidden="true">{themeIcons[chosen] ?? '◐'}</span>
      </button>
      <button type="button" class="icon" aria-label="Help: keys" title="Keys (?)" onClick={onHelp}>
        <span aria-hidden="true">?</span>
      </button>
    </header>
  );
}

/** The tabs of this operator, and the one that is shown. */
function useTabs() {
  const isThere = useStore(hasControl);
  const { tab: wanted } = useStore(place);
  const tabs = allTabs.filter(([name]) => isThere || !tabsOfControl.has(name));
  return { tabs, tab: tabs.find(([name]) => name === wanted)?.[0] ?? 'requests' };
}

function Tabs() {
  const { tabs, tab } = useTabs();
  const element = useRef<HTMLDivElement>(null);
  const go = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      Home: -tabs.length,
      End: tabs.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(([name]) => name === tab) + step;
    const wrapped =
      Math.abs(step) === 1 ? (at + tabs.length) % tabs.length : Math.min(tabs.length - 1, Math.max(0, at));
    const [next] = tabs[wrapped] ?? allTabs[0];
    place.set({ tab: next });
    element.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  useEffect(() => {
    element.current?.querySelector(`#tab-${tab}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab]);
  return (
    <div ref={element} class="tabs" role="tablist" aria-label="Views" onKeyDown={go}>
      {tabs.map(([name, label]) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={name === tab}
          aria-controls="view"
          tabIndex={name === tab ? 0 : -1}
          onClick={() => place.set({ tab: name })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** Reads the requests for as long as the page is shown. */
function useFeed(token: string): void {
  useEffect(() => {
    void feed.start();
    return () => {
      feed.stop();
    };
  }, [token]);
}

export function App() {
  const { tabs, tab } = useTabs();
  const { token } = useStore(session);
  const [hasHelp, setHelp] = useState(false);
  useFeed(token);
  useCommands({
    '?': () => setHelp(true),
    t: changeTheme,
    ...Object.fromEntries(tabs.map(([name], index) => [String(index + 1), () => place.set({ tab: name })])),
  });
  const Content = contents[tab];
  return (
    <>
      <Head key={`head ${token}`} onHelp={() => setHelp(true)} />
      <nav>
        <Tabs />
      </nav>
      <main>
        <div id="view" role="tabpanel" aria-labelledby={`tab-${tab}`} class={`view ${tab}`}>
          <Content key={`${tab} ${token}`} />
        </div>
      </main>
      <TokenDialog />
      {hasHelp && <Help onClose={() => setHelp(false)} />}
      <Announcer />
    </>
  );
}
