/** One request: why it was answered so, its stages, request and answer as sent and as opened, and its tokens. */

import { useEffect, useRef } from 'preact/hooks';
import type { RequestDetail } from '../../admin/calls/request-schema.ts';
import type { Health } from '../../admin/calls/service-schema.ts';
import { call } from '../api.ts';
import { Code, Copy, Facts, Panel } from '../parts.tsx';
import { brief, durationText, shown, shownJson, spanText } from '../text.ts';
import { place } from '../place.ts';
import { type Loaded, useCall } from '../use-call.ts';
import { worldWithSecrets } from '../world.ts';
import { Causes } from '../causes.tsx';
import { asCurl, asTest } from './copy-as.ts';
import { statusClass } from './list.tsx';
import { type Stage, wayOf } from './way.ts';

const marks: Readonly<Record<Stage['is'], string>> = { passed: '✓', ended: '■', skipped: '–', open: '·' };
const words: Readonly<Record<Stage['is'], string>> = {
  passed: 'passed',
  ended: 'decided here',
  skipped: 'not needed',
  open: 'not reached',
};

function Way({ detail }: { readonly detail: RequestDetail }) {
  return (
    <ol class={`way ${statusClass(detail.status)}`} aria-label="The way of the request">
      {wayOf(detail).map(({ name, title, is, says }) => (
        <li key={name} class={is}>
          <span class="mark" aria-hidden="true">
            {marks[is]}
          </span>
          <b>{title}</b>
          <span class="unseen">{words[is]}</span>
          <span class="says">{brief(says, 300)}</span>
        </li>
      ))}
    </ol>
  );
}

type Side = RequestDetail['request'] | RequestDetail['answer'];

const headerText = (headers: Side['headers']): string =>
  Object.entries(headers)
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`))
    .join('\n');

function SidePanel({ title, line, side }: { title: string; line: string; side: Side }) {
  const what = title.toLowerCase();
  const { body, body_encoding, plain } = side;
  const isOpened = plain !== null && plain !== undefined && shownJson(plain) !== body;
  return (
    <Panel title={title}>
      {isOpened && (
        <>
          <h3>Inside</h3>
          <Code text={shownJson(plain)} what={`what was inside of the ${what}`} />
        </>
      )}
      <h3>On the wire</h3>
      <Code text={`${line}\n${headerText(side.headers)}`} what={`head of the ${what}`} />
      {body !== null && body !== '' && (
        <>
          {body_encoding === 'base64' && <p class="note">Bytes, shown in base64</p>}
          <Code text={body} what={`body of the ${what}`} />
        </>
      )}
    </Panel>
  );
}

function tokenFacts(token: Readonly<Record<string, unknown>>): (readonly [string, string])[] {
  return Object.entries(token)
    .filter(([name]) => name !== 'at' && name !== 'kind')
    .map(([name, value]) => {
      const label = name.replaceAll('_', ' ');
      return [label, typeof value === 'string' ? value : JSON.stringify(value)] as const;
    });
}

/** How far a clock is from another, for people. */
const clockText = (ms: number | null, within: number | null = null): string | undefined =>
  ms === null
    ? undefined
    : `${spanText(ms)} ${ms < 0 ? 'behind' : 'ahead'}${within === null ? '' : `, give or take ${spanText(within)}`}`;

/** What a proxy saw of the operator behind it. */
function Passage({ passage, departures = [] }: Pick<RequestDetail, 'passage' | 'departures'>) {
  if (passage === undefined) return null;
  const { target, target_clock_ms, target_clock_within_ms, client_clock_ms } = passage;
  return (
    <Panel title="Behind the proxy">
      <Facts
        facts={[
          ['operator', target],
          ["operator's clock", clockText(target_clock_ms, target_clock_within_ms)],
          ["client's clock", clockText(client_clock_ms)],
          ['departs in', departures.join('; ')],
        ]}
      />
    </Panel>
  );
}

function Tokens({ tokens }: Pick<RequestDetail, 'tokens'>) {
  if (tokens.length === 0) return null;
  return (
    <Panel title={tokens.length === 1 ? 'Token' : `${tokens.length} tokens`}>
      {tokens.slice(0, 50).map((token, index) => (
        <div key={index} class="token">
          <h3>
            {token.kind} token <code>{brief(token.at, 120)}</code>
          </h3>
          <Facts facts={tokenFacts(token)} />
        </div>
      ))}
    </Panel>
  );
}

async function keyOf({ client }: RequestDetail): Promise<string | undefined> {
  if (client === null) return undefined;
  const { clients } = await worldWithSecrets();
  return clients.find(({ name }) => name === client)?.key;
}

const profileNow = async (): Promise<string> => (await call<Health>('GET', 'health')).profile;

/** Whether the body came in an envelope, or should have. */
const canBeDiagnosed = ({ route, request }: RequestDetail): boolean =>
  route !== null && /^\/v[23]\//.test(route) && request.body_encoding === 'text' && !hasMask(request.body);

const hasMask = (body: string | null): boolean => body?.includes('…') === true;

/** Hands a request over to the tab of envelopes, as of the time at which it arrived. */
function diagnose({ route, client, request, at }: RequestDetail): void {
  const type = request.headers['content-type'];
  place.set({
    tab: 'envelope',
    given: {
      body: request.body ?? '',
      at,
      ...(route !== null && { route }),
      ...(client !== null && { client }),
      ...(typeof type === 'string' && { contentType: type }),
    },
  });
}

function Heading({ detail, onClose }: { detail: RequestDetail; onClose: () => void }) {
  const { id, method, path, status, client, at, duration_ms, test_id, fault } = detail;
  return (
    <header class="detail-head">
      <div class="title">
        <span class={`chip ${statusClass(status)}`}>{status ?? 'no answer'}</span>
        <h2>
          <span class="method">{brief(method, 20)}</span> {brief(path, 300)}
        </h2>
        <button
          type="button"
          class="close"
          aria-label="Close request"
          title="Close (Escape)"
          onClick={onClose}
        >
          ×
        </button>
      </div>
      <p class="meta">
        #{id} · {shown(at).replace('T', ' ').replace('Z', ' UTC')} · {durationText(duration_ms)}
        {client !== null && <> · {brief(client)}</>}
        {test_id !== null && <> · test {brief(test_id)}</>}
        {fault !== null && <> · fault {brief(fault)}</>}
      </p>
      <div class="actions">
        <Copy label="Copy as curl" what="as curl" text={async () => asCurl(detail, await keyOf(detail))} />
        <Copy
          label="Copy as test"
          what="as a vitest test"
          text={async () => asTest(detail, await profileNow())}
        />
        {canBeDiagnosed(detail) && (
          <button type="button" onClick={() => diagnose(detail)}>
            Look at its envelope
          </button>
        )}
      </div>
    </header>
  );
}

function Whole({ detail, onClose }: { detail: RequestDetail; onClose: () => void }) {
  const { reason, reason_text, status, method, request, answer, causes } = detail;
  return (
    <>
      <Heading detail={detail} onClose={onClose} />
      <div class={`why ${statusClass(status)}`}>
        <p>
          {shown(reason_text)}
          {reason !== reason_text && <code>{reason}</code>}
        </p>
        <Causes causes={causes} said={reason_text} />
      </div>
      <Way detail={detail} />
      <Passage passage={detail.passage} departures={detail.departures} />
      <SidePanel title="Request" line={`${method} ${request.target} HTTP/1.1`} side={request} />
      <SidePanel title="Answer" line={`HTTP/1.1 ${status ?? ''}`} side={answer} />
      <Tokens tokens={detail.tokens} />
    </>
  );
}

interface DetailProps {
  readonly id: string;
  readonly onClose: () => void;
}

function Shown({
  loaded: { value, error },
  onClose,
}: {
  loaded: Loaded<RequestDetail>;
  onClose: () => void;
}) {
  if (value !== undefined) return <Whole detail={value} onClose={onClose} />;
  return (
    <header class="detail-head">
      <div class="title">
        <h2>{error === undefined ? 'Loading …' : 'This request cannot be shown'}</h2>
        <button type="button" class="close" aria-label="Close request" onClick={onClose}>
          ×
        </button>
      </div>
      {error !== undefined && <p class="meta">{error}. The journal may have dropped it.</p>}
    </header>
  );
}

export function Detail({ id, onClose }: DetailProps) {
  const loaded = useCall<RequestDetail>(`requests/${encodeURIComponent(id)}`);
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    element.current?.scrollTo(0, 0);
  }, [id]);
  return (
    <article ref={element} class="detail" id="detail" tabIndex={-1} aria-label={`Request ${id}`}>
      <Shown loaded={loaded} onClose={onClose} />
    </article>
  );
}
