/** What the envelope doctor is given, and what it says. */

import type { Cause } from './cause.ts';
import type { DoctorKeypair } from './doctor-world.ts';
import type { EnvelopeClient } from './envelope-keys.ts';

/** A key pair of client-side generation, as a world holds it. */
type EnvelopeKeypair = Pick<DoctorKeypair, 'subscription_id' | 'public_key' | 'private_key'> & {
  readonly name?: string;
};

export interface EnvelopeCase {
  readonly body: string | Uint8Array;
  readonly direction?: 'request' | 'answer';
  readonly contentType?: string;
  readonly clients: readonly EnvelopeClient[];
  /** name of the client whose secret should open it; the secret of any client if absent */
  readonly client?: string;
  /** ms */
  readonly now: number;
  /** a profile; the current operator if absent */
  readonly profile?: string;
  /** path of the route; one that reads envelopes if absent */
  readonly route?: string;
  readonly keypairs?: readonly EnvelopeKeypair[];
  /** `refresh_response_key` of the token that was refreshed, base64 */
  readonly responseKey?: string;
}

export interface EnvelopeDiagnosis {
  /** what the body is, such as `request_envelope`; `unknown` when nothing opens it */
  readonly kind: string;
  /** whether it opens as it is, and is taken */
  readonly opens: boolean;
  /** the operator's answer; null when it takes the body, and for answers */
  readonly refusal: { readonly status: number; readonly message: string } | null;
  /** what is wrong, from the outside to the inside */
  readonly causes: Cause[];
  /** what was opened, for people: key, times, payload */
  readonly found: Readonly<Record<string, unknown>>;
}
