/** Why an `Origin` header names no domain that a site could list (Protocol §8.5). */

import type { Fault } from '../core/reasons.ts';

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//;
const WEB = /^https?$/i;
const ADDRESS = /^[a-z]+:\/\/(?:[^@/]*@)?(?:\d+(?:\.\d+){0,3}|\[[^\]]*\])(?::\d*)?\/?$/i;

export function originFault(origin: string): Fault {
  const given = origin.trim();
  if (given === 'null') return ['cstg_origin_null'];
  const scheme = SCHEME.exec(given)?.[1];
  if (scheme === undefined) return ['cstg_origin_without_scheme'];
  if (!WEB.test(scheme)) return ['cstg_origin_scheme', { scheme }];
  return [ADDRESS.test(given) ? 'cstg_origin_address' : 'cstg_origin_without_domain'];
}
