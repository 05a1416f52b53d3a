/** The step itself: `mode` says what it does. */

import { fail, input } from './runner.js';
import { start } from './start.js';
import { verify } from './verify.js';

const modes = { start, verify };

const mode = input('mode');
if (Object.hasOwn(modes, mode)) await modes[mode]().catch((error) => fail(error.message));
else fail(`mode: expected ${Object.keys(modes).join(' or ')}; got ${mode || 'nothing'}`, 2);
