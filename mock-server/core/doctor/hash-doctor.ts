/**
 * Says whether a value is the hash of an identity, and if not, which mistakes give exactly that value. Right is what the
 * operator takes for this person: 44 characters of standard base64, or 64 hex digits in either case (Protocol §2.3).
 */

import { hashIdentifier, readIdentityHash } from '../identity-hash.ts';
import type { Primitives } from '../primitives.ts';
import { type Cause, causeFrom } from './cause.ts';
import { hashCauses } from './causes/hash.ts';
import { hexOf } from '../decoding.ts';
import { HashExplainer, normalSteps } from './hash/explain.ts';
import type { HashFinding } from './hash/findings.ts';
import { nearMisses } from './hash/near.ts';
import { type IdentityKind, kindOf, normalForm } from './hash/normal-form.ts';

export interface HashDiagnosis {
  readonly kind: IdentityKind;
  readonly identity: string;
  /** null when the operator calls the identity invalid, as is `hash` */
  readonly normalized: string | null;
  readonly hash: { readonly base64: string; readonly hex: string } | null;
  readonly expected?: { readonly value: string; readonly matches: boolean; readonly causes: Cause[] };
  /** the normal form step by step: the text after each rule that changes it */
  readonly steps: readonly { readonly id: string; readonly says: string; readonly text: string }[];
  /** mistakes that would give another person without an error; only without a value to compare */
  readonly near: readonly { readonly cause: Cause; readonly base64: string }[];
}

export interface HashOptions {
  /** a hash that was computed elsewhere, in any encoding */
  readonly expect?: string | undefined;
  /** by default what the identity looks like */
  readonly kind?: IdentityKind | undefined;
  /** false leaves out the near misses */
  readonly near?: boolean | undefined;
}

const HEX_DIGITS = 64;

const causeOf = ({ cause, facts, proved }: HashFinding): Cause => causeFrom(hashCauses, cause, proved, facts);

/** Diagnoses many values; the mistakes found last are tried first. */
export class HashDoctor {
  readonly #primitives: Primitives;
  readonly #explainer: HashExplainer;

  constructor(primitives: Primitives) {
    this.#primitives = primitives;
    this.#explainer = new HashExplainer(primitives);
  }

  /** The kind of an identity by its looks. */
  kindOf(identity: string): IdentityKind {
    return kindOf(identity);
  }

  /** The hash in base64; undefined when the operator calls the identity invalid. */
  hash(kind: IdentityKind, identity: string): string | undefined {
    const normalized = normalForm(kind, identity);
    return normalized === undefined ? undefined : hashIdentifier(normalized, this.#primitives);
  }

  /** Whether the operator takes a value for the person of this hash. */
  isRight(value: string, hash: string | undefined): boolean {
    if (value === hash) return true;
    if (hash === undefined) return false;
    return value.length === HEX_DIGITS
      ? value.toLowerCase() === this.#hexOf(hash)
      : readIdentityHash(value, this.#primitives) === hash;
  }

  /** Why a value is not right. */
  causes(kind: IdentityKind, identity: string, value: string): Cause[] {
    return this.#explainer.explain(kind, identity, value).map(causeOf);
  }

  /** The diagnosis of an identity, with the causes where a value to compare is not right. Any text is taken. */
  diagnose(
    identity: string,
    { expect, kind = kindOf(identity), near = true }: HashOptions = {},
  ): HashDiagnosis {
    const normalized = normalForm(kind, identity) ?? null;
    const base64 = this.hash(kind, identity);
    const matches = expect !== undefined && this.isRight(expect, base64);
    return {
      kind,
      identity,
      normalized,
      hash: base64 === undefined ? null : { base64, hex: this.#hexOf(base64) },
      ...(expect !== undefined && {
        expected: { value: expect, matches, causes: matches ? [] : this.causes(kind, identity, expect) },
      }),
      steps: normalSteps(kind, identity),
      near:
        !near || expect !== undefined || normalized === null
          ? []
          : nearMisses(this.#primitives, kind, identity).map(({ finding, base64: hash }) => ({
              cause: causeOf(finding),
              base64: hash,
            })),
    };
  }

  #hexOf(base64: string): string {
    return hexOf(this.#primitives.fromBase64(base64) ?? new Uint8Array(0));
  }
}

/** Diagnoses one identity (Protocol §2.1, §2.2), and compares the hash in `options.expect`. Any text is taken. */
export const diagnoseHash = (
  primitives: Primitives,
  identity: string,
  options: HashOptions = {},
): HashDiagnosis => new HashDoctor(primitives).diagnose(identity, options);
