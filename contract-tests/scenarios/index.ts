/** All scenarios, in the order in which they run. */
import { authScenarios } from './auth.ts';
import { bucketScenarios } from './buckets.ts';
import { clientGenerateScenarios } from './client-generate.ts';
import { corsScenarios } from './cors.ts';
import { envelopeRouteScenarios } from './envelope-routes.ts';
import { envelopeScenarios } from './envelope.ts';
import { generateRefusalScenarios } from './generate-refusals.ts';
import { generateScenarios } from './generate.ts';
import { httpScenarios } from './http.ts';
import { keySettingScenarios } from './key-settings.ts';
import { keyScenarios } from './keys.ts';
import { mapRefusalScenarios } from './map-refusals.ts';
import { map3Scenarios } from './map-v3.ts';
import { mapScenarios } from './map.ts';
import { normalisationScenarios } from './normalisation.ts';
import { optOutScenarios } from './opt-out.ts';
import { refreshRefusalScenarios } from './refresh-refusals.ts';
import { refreshScenarios } from './refresh.ts';
import { samePersonScenarios } from './same-person.ts';
import { sessionScenarios } from './session.ts';
import type { ContractScenario } from './theme.ts';
import { tokenFieldScenarios } from './token-fields.ts';
import { tokenFormScenarios } from './token-form.ts';
import { validateScenarios } from './validate.ts';
import { versionScenarios } from './versions.ts';

export const scenarios: readonly ContractScenario[] = Object.freeze([
  ...generateScenarios,
  ...generateRefusalScenarios,
  ...samePersonScenarios,
  ...normalisationScenarios,
  ...tokenFormScenarios,
  ...tokenFieldScenarios,
  ...refreshScenarios,
  ...refreshRefusalScenarios,
  ...validateScenarios,
  ...sessionScenarios,
  ...authScenarios,
  ...httpScenarios,
  ...corsScenarios,
  ...envelopeScenarios,
  ...envelopeRouteScenarios,
  ...mapScenarios,
  ...mapRefusalScenarios,
  ...map3Scenarios,
  ...bucketScenarios,
  ...keyScenarios,
  ...keySettingScenarios,
  ...clientGenerateScenarios,
  ...optOutScenarios,
  ...versionScenarios,
]);
