/** The stages that a request passed in the operator, and the one that decided: from its reason, route, client and payload. */

import type { RequestDetail } from '../../admin/calls/request-schema.ts';
import { arrival } from '../../core/sentences/arrival.ts';
import { bodies } from '../../core/sentences/bodies.ts';
import { clientSide } from '../../core/sentences/client-side.ts';
import { identities } from '../../core/sentences/identities.ts';
import { keys } from '../../core/sentences/keys.ts';
import { tokens } from '../../core/sentences/tokens.ts';
import { durationText } from '../text.ts';

type StageName = 'gate' | 'auth' | 'envelope' | 'identity' | 'answer';

export interface Stage {
  readonly name: StageName;
  readonly title: string;
  /** `ended`: the answer was decided here; `skipped`: the route has no such stage; `open`: not reached */
  readonly is: 'passed' | 'ended' | 'skipped' | 'open';
  readonly says: string;
}

const order = ['gate', 'auth', 'envelope', 'identity', 'answer'] as const;

const titles: Readonly<Record<StageName, string>> = {
  gate: 'Gate',
  auth: 'API key',
  envelope: 'Envelope',
  identity: 'Identity',
  answer: 'Answer',
};

/** Reasons by the stage that refuses; those of a table belong to one stage. */
const tables: readonly (readonly [object, StageName])[] = [
  [arrival, 'gate'],
  [keys, 'auth'],
  [bodies, 'envelope'],
  [identities, 'identity'],
  [tokens, 'identity'],
];

/** Client-side generation has no API key: the subscription and the origin stand for it. */
const ofClientSide = (reason: string): StageName => {
  if (/^cstg_(subscription|origin|app_name)/.test(reason)) return 'auth';
  return reason === 'cstg_hash_expected' ? 'identity' : 'envelope';
};

/** The stage whose rules gave the reason. */
function stageOf(reason: string): StageName {
  if (Object.hasOwn(clientSide, reason)) return ofClientSide(reason);
  return tables.find(([table]) => Object.hasOwn(table, reason))?.[1] ?? 'answer';
}

const isSealedRoute = (route: string | null): boolean => route !== null && /^\/v[23]\//.test(route);

const membersOf = (plain: unknown): string =>
  typeof plain === 'object' && plain !== null && !Array.isArray(plain)
    ? Object.entries(plain)
        .map(([name, value]) => (Array.isArray(value) ? `${name} (${value.length})` : name))
        .slice(0, 6)
        .join(', ')
    : '';

function sayings({ route, client, request, reason_text, status, duration_ms }: RequestDetail) {
  const members = membersOf(request.plain);
  return {
    gate: route ?? 'no endpoint',
    auth: client ?? 'no client',
    envelope: isSealedRoute(route) ? 'opened' : 'not sealed',
    identity: members === '' ? 'read' : members,
    answer: `${status ?? 'none'} after ${durationText(duration_ms)}`,
    ended: reason_text,
  };
}

/** The stages of a request, in order. */
export function wayOf(detail: RequestDetail): Stage[] {
  const end = stageOf(detail.reason);
  const last = order.indexOf(end);
  const says = sayings(detail);
  const isSkipped = (name: StageName): boolean =>
    (name === 'envelope' && !isSealedRoute(detail.route)) || (name === 'auth' && detail.client === null);
  return order.map((name, index) => {
    const title = titles[name];
    if (name === 'answer') {
      return { name, title, is: end === 'answer' ? 'ended' : 'passed', says: says.answer };
    }
    if (index === last) return { name, title, is: 'ended', says: says.ended };
    if (index > last) return { name, title, is: 'open', says: 'not reached' };
    return isSkipped(name)
      ? { name, title, is: 'skipped', says: name === 'auth' ? 'not needed' : says[name] }
      : { name, title, is: 'passed', says: says[name] };
  });
}
