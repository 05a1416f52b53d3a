/** The answers of control calls. */

import type { z } from 'zod';
import type { calls } from '../../mock-server/admin/calls/index.ts';

export type ControlAnswer<Name extends keyof typeof calls> = z.output<
  (typeof calls)[Name]['schemas']['answer']
>;
