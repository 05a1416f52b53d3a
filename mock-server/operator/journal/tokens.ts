/** The tokens of an exchange, decoded when they are read, with the keys that the operator has then. */

import { type TokenKind, openToken } from '../../core/doctor/token-facts.ts';
import { isJsonObject } from '../../core/json.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { sentenceOf } from '../../core/reasons.ts';
import { tokenFault, tokenKindOf } from '../../core/token-faults.ts';
import { type Deployment, secretFinder } from '../deployment.ts';
import type { Masker } from './masking.ts';

/** A token with its place, such as `request.query.refresh_token`. */
export interface Found {
  readonly at: string;
  readonly kind: TokenKind;
  readonly text: string;
}

const NAMES: Readonly<Record<string, 'advertising' | 'refresh'>> = {
  advertising_token: 'advertising',
  advertisement_token: 'advertising',
  token: 'advertising',
  refresh_token: 'refresh',
};

/** The token that a text is by its form, else by the name of its member. */
function kindOf(name: string, text: string): TokenKind | undefined {
  const named = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  return tokenKindOf(text) ?? (text === '' ? undefined : named);
}

/** The token that a text is, as a list of one or none. */
export function tokenAt(at: string, name: string, text: string): Found[] {
  const kind = kindOf(name.toLowerCase(), text);
  return kind === undefined ? [] : [{ at, kind, text }];
}

/** The tokens in a JSON value. */
export function tokensIn(value: unknown, at: string, name = ''): Found[] {
  if (typeof value === 'string') return tokenAt(at, name, value);
  if (Array.isArray(value)) {
    return value.flatMap((one, index) => tokensIn(one, `${at}[${index}]`, name));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([member, one]) => tokensIn(one, `${at}.${member}`, member));
}

/** What a token holds, or why it cannot be decoded. */
export function decodedToken({ at, kind, text }: Found, deployment: Deployment, masker: Masker): object {
  const found = { at: masker.text(at), kind: kind === 'wrapped' ? 'refresh' : kind };
  try {
    return { ...found, ...openToken(kind, text, secretFinder(deployment), deployment.primitives).facts };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { reason, facts } = error.because(kind === 'wrapped' ? undefined : tokenFault(text, kind));
    return { ...found, problem: reason, problem_text: masker.text(sentenceOf(reason, facts)) };
  }
}
