/**
 * Which departures are consequences of others. When one of the `roots` departs, the departures it `explains` are the
 * same finding. Both name requirements and rules for every answer; the first root is the most telling one.
 */
interface Cause {
  readonly roots: readonly string[];
  readonly explains: readonly string[];
}

const refreshes = ['S8', 'S11', 'S16', 'S18', 'R40', 'R41', 'R42'];
const validations = ['S13', 'S14', 'R49', 'R50'];
const envelopeRefusals = ['R20', 'R21', 'R22', 'R23', 'R24', 'R25', 'R26'];

export const causes: readonly Cause[] = [
  // wrong normalisation, hash, salt or bucket: tokens and raw UIDs are of another person
  {
    roots: ['S20', 'R27', 'R28', 'S1', 'S2', 'identities/raw-uid', 'tokens/person', 'R63'],
    explains: [
      ...['identities/bucket', 'identities/rotation', 'tokens/owner', 'tokens/layout'],
      ...[
        'S7',
        'S15',
        'S17',
        'S21',
        'S22',
        'R29',
        'R30',
        'R37',
        'R38',
        'R51',
        'R53',
        'R54',
        'R55',
        'R57',
        'R59',
        'R62',
      ],
      ...['R77', 'R78', 'R80', 'R87'],
      ...refreshes,
      ...validations,
    ],
  },
  // wrong contents of tokens: they cannot be read, refreshed or validated
  {
    roots: [
      ...['tokens/form', 'tokens/keys', 'tokens/owner', 'tokens/layout', 'tokens/wrapper', 'tokens/fresh'],
      ...['tokens/inner-times', 'R33', 'R32', 'R34', 'R35', 'R38', 'R39'],
    ],
    explains: [
      'S6',
      'S7',
      'S17',
      'R36',
      'R37',
      'answers/lifetimes',
      'answers/times',
      ...refreshes,
      ...validations,
    ],
  },
  { roots: ['S18'], explains: [...refreshes, 'R43', 'R44', 'R45', 'R46', 'R47', 'S17'] },
  {
    roots: ['answers/lifetimes', 'R36'],
    explains: ['answers/times', 'tokens/inner-times', 'R35', 'answers/clock'],
  },
  { roots: ['R54', 'R53', 'maps/items'], explains: ['R30', 'R57', 'R62', 'R63', 'R78'] },
  { roots: ['R57', 'maps/items', 'maps/lists'], explains: ['S20', 'R27', 'R28'] },
  { roots: ['headers/vary'], explains: ['R86', 'R88'] },
  // a departure from a version's rule shows in the rules in which versions differ, and the reverse
  { roots: envelopeRefusals, explains: ['R83', 'R84', 'R88', 'R89', 'R19'] },
  { roots: ['R83', 'R84', 'R85', 'R86'], explains: ['R88', ...envelopeRefusals, 'R19', 'R89'] },
];
