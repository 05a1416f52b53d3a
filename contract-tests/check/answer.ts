/** An operator's answer, opened where it was sealed. */
import type { Reply } from '../target/client.ts';
import type { Identity } from '../target/identities.ts';
import type { Watch } from './watch.ts';

export interface Answer {
  reply: Reply;
  status: number;
  contentType: string | undefined;
  /** The request, as reports show it; without secrets. */
  sent: string;
  /** Body as text; empty for binary. */
  text: string;
  /** Body as JSON, after opening; undefined when it is not JSON. */
  json: unknown;
  /** The body came as an envelope. */
  sealed: boolean;
  /** The other parts of the envelope. */
  envelope?: { timestampMs: number; nonce: Buffer; iv: Buffer } | undefined;
  /** The JSON payload of the request; undefined without one. */
  asked: unknown;
  /** Content type of a success on this route. */
  successType: string | null;
  /** Successes are `{"body","status"}`. */
  wrapped: boolean;
  /** The Origin that was sent, which the operator echoes. */
  origin: string | undefined;
  /** The trace id that was sent, which routes with a key echo. */
  traceId: string | undefined;
  /** Allowed values of the header vary. */
  varies: readonly string[];
  /** Looks at the answer for what holds for every answer. */
  watch: Watch;
}

/** The tokens of a successful generate or refresh. */
export interface Tokens {
  advertisingToken: string;
  refreshToken: string;
  /** Milliseconds; v0 has no times. */
  times: { identityExpires: number; refreshExpires: number; refreshFrom: number } | undefined;
  /** v2 only. */
  responseKey: Buffer | undefined;
  answer: Answer;
  /** The identity that was asked for, where it is known. */
  identity: Identity | undefined;
}
