/** An operator's answer, opened where it was sealed. */
import type { Reply } from '../target/client.ts';
import type { Identity } from '../target/identities.ts';

export interface Answer {
  reply: Reply;
  status: number;
  contentType: string | undefined;
  /** What was asked, for reports; no secrets. */
  sent: string;
  /** Body as text; empty for binary. */
  text: string;
  /** Body as JSON, after opening; undefined when it is none. */
  json: unknown;
  /** The body came as an envelope. */
  sealed: boolean;
  /** What the envelope said besides the JSON. */
  envelope?: { timestampMs: number; nonce: Buffer; iv: Buffer } | undefined;
  /** The JSON that was asked with, where there was one. */
  asked: unknown;
  /** Content type of a success on this route. */
  successType: string | null;
  /** Successes are `{"body","status"}`. */
  wrapped: boolean;
  /** The Origin which was sent, to be echoed. */
  origin: string | undefined;
  /** Allowed values of the header vary. */
  varies: readonly string[];
}

/** What a successful generate or refresh hands out. */
export interface Tokens {
  advertisingToken: string;
  refreshToken: string;
  /** Milliseconds; v0 says nothing about times. */
  times: { identityExpires: number; refreshExpires: number; refreshFrom: number } | undefined;
  /** v2 only. */
  responseKey: Buffer | undefined;
  answer: Answer;
  /** Who they were asked for, where that is known. */
  identity: Identity | undefined;
}
