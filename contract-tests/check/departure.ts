/** Departures from what was expected, as errors that are safe to show. */
import { ContractError } from '../spec/contract-error.ts';

/** Shortens text that could be a token, a key or a secret: long runs of base64 or hex. */
export function redact(text: string): string {
  return text
    .replace(/(UID2|EUID)-[CXY]-[A-Z]-[\w+/=.-]{8,}/g, '$1-…')
    .replace(/[A-Za-z0-9+/_-]{40,}={0,2}/g, (run) =>
      /\d/.test(run) && /[A-Za-z]/.test(run) && !run.includes('.')
        ? `${run.slice(0, 6)}…${run.slice(-3)} (${String(run.length)} characters)`
        : run,
    );
}

const MAX_SHOWN = 600;

/** A value as a report shows it: compact, redacted and of limited length. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const short = redact(text);
  return short.length > MAX_SHOWN ? `${short.slice(0, MAX_SHOWN)}…` : short;
}

export const UNKNOWN_CAUSE = 'the operator does not follow the protocol here';

export interface Check {
  /** The request, without secrets. */
  sent: string;
  /** The usual cause of a departure. */
  cause?: string;
}

/** The error of a departure: `got` in place of `expected`. */
export function departureFrom(check: Check, expected: string, got: string): ContractError {
  const departure = {
    sent: redact(check.sent),
    expected: redact(expected),
    got: redact(got),
    likelyCause: check.cause ?? UNKNOWN_CAUSE,
  };
  return new ContractError('departure', `expected ${departure.expected}, got ${departure.got}`, departure);
}

/** Ends the scenario: `got` in place of `expected`. */
export function fail(check: Check, expected: string, got: string): never {
  throw departureFrom(check, expected, got);
}
