/** What a scenario may need, and how to give it to the suite. */

const FILE = '--credentials FILE';

/** By the name of the need. */
export const needs = {
  GENERATOR: `an API key with the role GENERATOR in UID2_API_KEY or ${FILE}`,
  MAPPER: `an API key with the role MAPPER in UID2_API_KEY or ${FILE}`,
  ID_READER: `an API key with the role ID_READER in UID2_API_KEY or ${FILE}`,
  SHARER: `an API key with the role SHARER in UID2_API_KEY or ${FILE}`,
  OPTOUT: `an API key with the role OPTOUT in UID2_API_KEY or ${FILE}`,
  'other key': `API keys of several participants in ${FILE}`,
  secret: `the client secret of the API key in UID2_CLIENT_SECRET or ${FILE}`,
  'key pair': `UID2_SUBSCRIPTION_ID and UID2_PUBLIC_KEY, or client_side_keypairs in ${FILE}`,
  origin: `an Origin of the site in UID2_ORIGIN, or its domain_names in ${FILE}`,
  'own key': `the API key of a publisher whose site has a key of its own in UID2_API_KEY or ${FILE}`,
  keys: `an API key with the role ID_READER or SHARER in ${FILE}, or --world FILE`,
  world: "the operator's data in --world FILE",
} as const;

export type Need = keyof typeof needs;
