/** Raw UIDs for lists of identifiers (Protocol §8.7 to §8.9). */

import { type IdentifierKind, identifierKinds } from '../core/identifier.ts';
import type { Identity } from '../core/identity-hash.ts';
import { type JsonObject, isJsonObject, jsonText, writeJson } from '../core/json.ts';
import { unreadFault } from '../core/identifier-faults.ts';
import { absentMember, misnamedMember, shownName } from '../core/member-faults.ts';
import { OperatorError, type OperatorErrorCode } from '../core/operator-error.ts';
import type { Fault, Reason } from '../core/reasons.ts';
import type { Client } from './world/directory.ts';
import type { World } from './world/schema.ts';
import type { Deployment } from './deployment.ts';
import { type Located, identify, locateAll, rawUidOf, rawUidsOf } from './identity.ts';
import { isRefused } from './opt-out.ts';
import type { State } from './state/state.ts';
import { slicesInTurns } from './turns.ts';

interface Named {
  /** null for a null in a list of phones, which is never mapped */
  readonly identifier: string | null;
}

interface MappedIdentity extends Named {
  readonly advertising_id: string;
  readonly bucket_id?: string;
}

interface UnmappedIdentity extends Named {
  readonly reason: 'optout' | 'invalid identifier';
}

/** What a text of a list maps to, or why it does not. */
type Mapped = { readonly located: Located; readonly rawUid: string } | UnmappedIdentity['reason'];

/** Maps many texts of one kind. */
function mapTexts(
  deployment: Deployment,
  state: State,
  kind: IdentifierKind,
  texts: readonly (string | null)[],
  mapsOptedOut = false,
): Mapped[] {
  const places: number[] = [];
  const identities: Identity[] = [];
  const mapped = texts.map((text, at): Mapped => {
    const identity = text === null ? undefined : identify(deployment, kind, text);
    if (identity !== undefined) {
      places.push(at);
      identities.push(identity);
    }
    return 'invalid identifier';
  });
  const valid = locateAll(deployment, identities);
  const rawUids = rawUidsOf(deployment, valid);
  valid.forEach((located, i) => {
    const isOptedOut = !mapsOptedOut && isRefused(deployment, state, located);
    mapped[places[i] ?? 0] = isOptedOut ? 'optout' : { located, rawUid: rawUids[i] ?? '' };
  });
  return mapped;
}

const mappedItem = (
  identifier: string | null,
  { bucket }: Located,
  advertising_id: string,
): Required<MappedIdentity> => ({ identifier, advertising_id, bucket_id: bucket.bucketId });

/** One identity as v0 and v1 GET map it: opt-outs are not looked at. */
export const mapOne = (deployment: Deployment, identifier: string, located: Located) =>
  mappedItem(identifier, located, rawUidOf(deployment, located));

interface Identifiers {
  readonly kind: IdentifierKind;
  readonly list: readonly unknown[];
}

/** @throws OperatorError `list_broken` for a null, except in a list of phones, where it is an invalid identifier */
export function checkElements({ kind, list }: Identifiers): void {
  if (kind !== 'phone' && list.includes(null)) {
    throw new OperatorError('list_broken', 'list_has_null', { list: kind });
  }
}

/** A JSON text in short parts. */
export type JsonParts = readonly string[];

/** Adds items as one more part. */
function addPart(parts: string[], items: string): void {
  if (items !== '') parts.push((parts.length > 0 ? ',' : '') + items);
}

/** JSON of items, without the brackets of their list. */
const itemsJson = (items: readonly unknown[]): string => writeJson(items).slice(1, -1);

/**
 * Maps a list, whose elements are read as texts. `unmapped` is left out when it is empty, and where the profile has no
 * such list. The answer is written slice by slice: writing it at once would block other requests for longer than the
 * mapping.
 */
export async function mapList(
  deployment: Deployment,
  state: State,
  { kind, list }: Identifiers,
  withBucketIds = true,
): Promise<JsonParts> {
  const { listsUnmapped, mapsOptedOut } = deployment.profile;
  const mappedParts: string[] = [];
  const unmappedParts: string[] = [];
  await slicesInTurns(list, (slice) => {
    const mapped: MappedIdentity[] = [];
    const unmapped: UnmappedIdentity[] = [];
    const texts = slice.map((element) => jsonText(element) ?? null);
    mapTexts(deployment, state, kind, texts, mapsOptedOut).forEach((one, at) => {
      const identifier = texts[at] ?? null;
      if (typeof one === 'string') unmapped.push({ identifier, reason: one });
      else {
        const item = mappedItem(identifier, one.located, one.rawUid);
        mapped.push(withBucketIds ? item : { identifier, advertising_id: item.advertising_id });
      }
    });
    addPart(mappedParts, itemsJson(mapped));
    addPart(unmappedParts, itemsJson(unmapped));
  });
  const rest = listsUnmapped && unmappedParts.length > 0 ? ['],"unmapped":[', ...unmappedParts] : [];
  return ['{"mapped":[', ...mappedParts, ...rest, ']}'];
}

/**
 * The lists of a payload, validated lazily: a later list only if it is reached. A JSON null counts as absent.
 *
 * @throws OperatorError `list_not_an_array`
 */
export function* listsOf(payload: JsonObject, kinds: readonly IdentifierKind[]): Generator<Identifiers> {
  for (const kind of kinds) {
    const list = payload[kind];
    if (list === undefined || list === null) continue;
    if (!Array.isArray(list)) {
      throw new OperatorError('list_not_an_array', 'list_not_an_array', { list: kind });
    }
    yield { kind, list };
  }
}

/** The error codes of an endpoint when no list is given, and when several lists are not empty. */
export interface ListRefusals {
  readonly none: OperatorErrorCode;
  readonly several: OperatorErrorCode;
}

const usualRefusals: ListRefusals = { none: 'list_missing', several: 'list_missing' };

/**
 * The list of a request that may have only one. Further lists may be given if they are empty.
 *
 * @param payload the request's JSON, whose lists are read one after the other: a later list only if it is reached
 */
export function oneList(
  deployment: Deployment,
  payload: JsonObject,
  kinds: readonly IdentifierKind[],
  lists: Iterable<Identifiers>,
  refusals: ListRefusals = usualRefusals,
): Identifiers {
  let only: Identifiers | undefined;
  for (const given of lists) {
    if (only === undefined || only.list.length === 0) only = given;
    else if (given.list.length > 0) {
      const several = [only, given].map(({ kind }) => kind).join(', ');
      throw new OperatorError(refusals.several, 'lists_several', { kinds: several });
    }
  }
  if (only === undefined) throw new OperatorError(refusals.none, ...absentFault(deployment, payload, kinds));
  return only;
}

/** Why a request has no list that is read. */
function absentFault({ phones }: Deployment, payload: JsonObject, kinds: readonly IdentifierKind[]): Fault {
  const names = Object.keys(payload);
  const empty = kinds.find((kind) => payload[kind] === null);
  if (empty !== undefined) return ['list_null', { kind: empty }];
  const reasons = { absent: 'list_absent', misnamed: 'list_misnamed' } as const;
  return unreadFault(names, kinds, phones) ?? absentMember(names, kinds, reasons);
}

/** Whether a client that belongs to a service may map: by a good link, or without one (Protocol §8.8). */
export function checkServiceLink(deployment: Deployment, client: Client, payload: JsonObject): void {
  const { world } = deployment;
  if (client.serviceId === 0) return;
  if (!world.validate_service_links) throw new OperatorError('invalid_link_id', 'link_services_off');
  if (!('link_id' in payload)) return;
  const id = jsonText(payload.link_id);
  if (id === undefined) throw new OperatorError('invalid_link_id', 'link_null');
  const fault = linkFault(
    world.service_links.filter(({ link_id }) => link_id === id),
    client.serviceId,
  );
  if (fault !== undefined) throw new OperatorError('invalid_link_id', fault);
}

/** Why no link with the given id lets the service map; undefined when one does. */
function linkFault(links: World['service_links'], serviceId: number): Reason | undefined {
  if (links.length === 0) return 'link_unknown';
  const link = links.find(({ service_id }) => service_id === serviceId);
  if (link === undefined) return 'link_of_other_service';
  if (link.disabled) return 'link_disabled';
  return link.roles.includes('MAPPER') ? undefined : 'link_role_absent';
}

/**
 * An item of a v3 answer as JSON. It is written without a serializer, because an answer has thousands of items; base64
 * needs no escaping.
 */
function v3Item(deployment: Deployment, mapped: Mapped, now: number): string {
  if (typeof mapped === 'string') return `{"e":"${mapped}"}`;
  const { rules, rawUidSettings, primitives } = deployment;
  const { rawUid, located } = mapped;
  const { identity, bucket, flh } = located;
  const previous = rules.hasPrevious(bucket, now)
    ? rules.previousRawUid(flh, identity.type, bucket, rawUidSettings, primitives)
    : null;
  const p = previous === null ? 'null' : `"${previous}"`;
  return `{"u":"${rawUid}","p":${p},"r":${rules.refreshFromSeconds(bucket, now)}}`;
}

/**
 * The lists of a v3 request: one or several kinds, and no other members.
 *
 * @throws OperatorError `identifiers_missing`, `list_format`
 */
export function v3Lists(payload: JsonObject | undefined): Identifiers[] {
  if (payload === undefined) throw new OperatorError('identifiers_missing', 'payload_absent');
  const members = Object.entries(payload);
  if (members.length === 0) throw new OperatorError('identifiers_missing', 'payload_empty');
  for (const [member, value] of members) {
    const fault = v3Fault(member, value);
    if (fault !== undefined) throw new OperatorError('list_format', ...fault);
  }
  return [...listsOf(payload, identifierKinds)];
}

function v3Fault(name: string, value: unknown): Fault | undefined {
  const list = identifierKinds.find((kind) => kind === name);
  if (list === undefined) {
    const misnamed = misnamedMember([name], identifierKinds);
    return misnamed ? ['list_misnamed', misnamed] : ['member_unknown', { member: shownName(name) }];
  }
  if (value === null) return undefined;
  if (!Array.isArray(value)) return ['list_not_an_array', { list }];
  const wrong = value.findIndex((element) => !isV3Element(element));
  if (wrong < 0) return undefined;
  return [value[wrong] === null ? 'list_has_null' : 'element_not_text', { list }];
}

const isV3Element = (element: unknown): boolean =>
  element !== null && !Array.isArray(element) && !isJsonObject(element);

/** Maps all lists of a v3 request; the answer always has the four, in this order, each parallel to its input. */
export async function mapV3(
  deployment: Deployment,
  state: State,
  lists: readonly Identifiers[],
): Promise<JsonParts> {
  const now = state.clock.now();
  const parts: Record<IdentifierKind, string[]> = { email_hash: [], phone: [], phone_hash: [], email: [] };
  for (const { kind, list } of lists) {
    await slicesInTurns(list, (slice) => {
      const texts = slice.map((element) => jsonText(element) ?? '');
      const items = mapTexts(deployment, state, kind, texts).map((one) => v3Item(deployment, one, now));
      addPart(parts[kind], items.join());
    });
  }
  const { email_hash, phone, phone_hash, email } = parts;
  return [
    ...['{"email_hash":[', ...email_hash],
    ...['],"phone":[', ...phone],
    ...['],"phone_hash":[', ...phone_hash],
    ...['],"email":[', ...email, ']}'],
  ];
}
