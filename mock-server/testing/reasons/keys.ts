/** Reasons for refusals of API keys, roles and service links. */

import { type How, bearerOf, get, sealed } from './requests.ts';
import { type Row, rowsOn } from './row.ts';
import { COMPANY, type Stage } from './stage.ts';

const user = { email: 'keys@example.com' };
const row = rowsOn('current');
const onLinks = rowsOn('other service links');

const keyOf = (stage: Stage): string => stage.clientOf(COMPANY).key;

/** A request with headers that are made from the stage, such as from its API key. */
const generate = (headers: NonNullable<How['headers']>) => sealed('/v2/token/generate', user, { headers });
const header = (make: (stage: Stage) => string | string[] | undefined) =>
  generate((stage) => ({ authorization: make(stage) }));
const key = (alter: (key: string) => string) => header((stage) => `Bearer ${alter(keyOf(stage))}`);
const good = generate({});

const link = (id: string | null) =>
  sealed('/v2/identity/map', { email: ['keys@example.com'], link_id: id }, { by: 'Example Clean Room' });
const goodLink = link('example-link');

export const keyRows: Row[] = [
  row(
    'header_absent',
    header(() => undefined),
    good,
  ),
  row(
    'header_empty',
    header(() => ''),
    good,
  ),
  row(
    'header_quoted',
    header((stage) => `"${bearerOf(stage)}"`),
    good,
  ),
  row(
    'header_repeated',
    header((stage) => ['Bearer other', bearerOf(stage)]),
    header((stage) => [bearerOf(stage)]),
  ),
  row(
    'key_in_other_header',
    generate((stage) => ({ authorization: undefined, 'x-api-key': keyOf(stage) })),
    generate((stage) => ({ 'x-api-key': keyOf(stage) })),
  ),
  row('scheme_absent', header(keyOf), good),
  row(
    'scheme_unknown',
    header((stage) => `Basic ${keyOf(stage)}`),
    good,
  ),
  row(
    'scheme_without_blank',
    header((stage) => `Bearer${keyOf(stage)}`),
    good,
  ),
  row(
    'key_absent',
    header(() => 'Bearer '),
    good,
  ),
  row(
    'key_after_blanks',
    header((stage) => `Bearer  ${keyOf(stage)}`),
    good,
  ),
  row(
    'key_quoted',
    key((text) => `"${text}"`),
    good,
  ),
  row('key_percent_encoded', key(encodeURIComponent), good),
  row(
    'key_plus_lost',
    key((text) => text.replaceAll('+', ' ')),
    good,
  ),
  row(
    'key_case',
    key((text) => text.toLowerCase()),
    good,
  ),
  row(
    'key_cut',
    key((text) => text.slice(0, -1)),
    good,
  ),
  row(
    'key_with_more',
    key((text) => `${text}\\n`),
    good,
  ),
  row(
    'key_is_secret',
    header((stage) => `Bearer ${stage.clientOf(COMPANY).secret}`),
    good,
  ),
  row(
    'key_other_scope',
    key((text) => text.replace('UID2', 'EUID')),
    good,
  ),
  row(
    'key_other_environment',
    key((text) => text.replace('-L-', '-P-')),
    good,
  ),
  row(
    'key_unknown',
    key((text) => text.replace(/.{4}$/, 'AAA=')),
    good,
  ),
  rowsOn('local')(
    'client_disabled',
    sealed('/v2/token/generate', user, { by: 'Disabled Publisher' }),
    sealed('/v2/token/generate', user, { by: 'Disabled Publisher' }),
    { fixedOn: 'all clients enabled' },
  ),
  rowsOn('local')(
    'role_absent',
    sealed('/v2/token/generate', user, { by: 'Example DSP' }),
    sealed('/v2/token/generate', user, { by: 'Example DSP' }),
    { fixedOn: 'a DSP that generates' },
  ),
  rowsOn('a client of a reserved site')(
    'client_site_reserved',
    get('/key/latest', '', { by: 'Example DSP' }),
    get('/key/latest', '', { by: 'Example DSP' }),
    { fixedOn: 'local' },
  ),
  rowsOn('without service links')('link_services_off', goodLink, goodLink, { fixedOn: 'local' }),
  onLinks('link_null', link(null), goodLink),
  onLinks('link_unknown', link('no-such-link'), goodLink),
  onLinks('link_of_other_service', link('other-service'), goodLink),
  onLinks('link_disabled', link('disabled-link'), goodLink),
  onLinks('link_role_absent', link('no-role'), goodLink),
];
