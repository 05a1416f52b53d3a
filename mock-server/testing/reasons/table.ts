/** Every reason, with a request that reaches it and the same request fixed in one point. */

import { arrivalRows } from './arrival.ts';
import { bodyRows } from './bodies.ts';
import { clientSideRows } from './client-side.ts';
import { envelopeRows } from './envelopes.ts';
import { identifierRows } from './identifiers.ts';
import { keyRows } from './keys.ts';
import { configurationRows, otherRows } from './others.ts';
import type { Row } from './row.ts';
import { tokenRows } from './tokens.ts';

export const rows: readonly Row[] = [
  ...arrivalRows,
  ...keyRows,
  ...bodyRows,
  ...envelopeRows,
  ...identifierRows,
  ...tokenRows,
  ...otherRows,
  ...clientSideRows,
  ...configurationRows,
];
