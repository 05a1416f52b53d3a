/** Mistakes that would give another person without an error: what to look out for with this identity. */

import type { Primitives } from '../../primitives.ts';
import type { HashCauseId } from '../causes/hash.ts';
import { type HashFinding, findingsOf } from './findings.ts';
import type { IdentityKind } from './normal-form.ts';
import { Search } from './search.ts';
import { sourceOf } from './texts.ts';

interface NearMiss {
  readonly finding: HashFinding;
  readonly base64: string;
}

/** How many examples of a cause are shown; one where the cause is not listed. */
const SHOWN: Partial<Readonly<Record<HashCauseId, number>>> = {
  text_not_trimmed: 2,
  digest_twice: 4,
  phone_national: 2,
};

/** Causes that are not shown, because programs rarely make these mistakes. */
const UNLIKELY: ReadonlySet<HashCauseId> = new Set([
  'text_repeated',
  'text_bracketed',
  'text_reversed',
  'text_json',
  'text_at_replaced',
]);

/** The usual mistakes with this identity, each with the hash that it gives. */
export function nearMisses(primitives: Primitives, kind: IdentityKind, identity: string): NearMiss[] {
  const source = sourceOf(kind, identity);
  const shown = new Map<HashCauseId, number>();
  const near: NearMiss[] = [];
  for (const { path, hash } of new Search(primitives, source).usual()) {
    const [finding] = findingsOf({ path, written: [] }, source);
    if (!finding || UNLIKELY.has(finding.cause)) continue;
    const count = shown.get(finding.cause) ?? 0;
    if (count >= (SHOWN[finding.cause] ?? 1)) continue;
    shown.set(finding.cause, count + 1);
    near.push({ finding, base64: primitives.toBase64(hash) });
  }
  return near;
}
