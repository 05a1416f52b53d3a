/** The rows of the normalisation table (Protocol §2), and which person the tokens of their identifiers belong to. */
import { loadNormalizationVectors, type NormalizationVector } from '../../fixtures/load.ts';
import type { Identity, IdentityKind } from '../target/identities.ts';
import type { Tokens } from '../check/answer.ts';
import type { ScenarioContext } from '../context/context.ts';
import { askOnce } from '../context/run-memory.ts';
import { isOf } from '../steps/persons.ts';
import { readTokens } from '../steps/read-tokens.ts';
import { askGenerate } from '../steps/tokens.ts';

type Row = NormalizationVector;
export type ValidRow = Extract<Row, { valid: true }>;

const rows = loadNormalizationVectors();
export const ofKind = (kind: IdentityKind): Row[] => rows.filter((row) => row.kind === kind);
export const isValid = (row: Row): row is ValidRow => row.valid;
export const identityOf = ({ kind, input }: Row): Identity => ({ kind, value: input });

/** In seed-v1 a hash is text: two spellings of the same bytes are two identities (Protocol §2.3). */
export const comparable = (ctx: ScenarioContext, row: Row): boolean =>
  ctx.target.profile !== 'seed-v1' ||
  !row.kind.endsWith('hash') ||
  !row.valid ||
  row.input === row.normalized ||
  row.input.length === 64;

/** Rows that distinguish the usual wrong rules; used where all rows would be too many requests. */
export const TELLING: Readonly<Record<IdentityKind, RegExp>> = {
  email:
    /Jane\.Doe@Example\.COM|both@|^in ner|^space @|@ example|exam ple|\t|\n|É|Ü|jane\.doe\+news|^janedoe\+@|^\.jane@|^\+tag@gmail|googlemail|sub\.gmail|UsEr\+TaG|jane doe@gmail|gmail\.com\.$|\+promo|^\+only@|^\.@|"quo|^a@b@c|^@example|^user@$|^user$|^ $|localhost|User </,
  email_hash: /^(4JBaJ|C9922|zz|=|0x|e0905)/i,
  phone: /./,
  phone_hash: /./,
};

/** Rows for validate, whose rules are those of generate. */
export const IN_VALIDATE: Readonly<Record<IdentityKind, RegExp>> = {
  email: TELLING.email,
  email_hash: /^(4JBaJjRpMMYV9VF5E9rRojMS2IIVlxn7xCmBkhb\/QrJ=|e0905|C9922|\/+=$|-__|4JBaJ[-_])/,
  phone:
    /^(\+12345678901|\+447911123456|\+1234567890|\+123456789|14155551234| \+14155551234|\+1-415.*|\+1415555123a)$/,
  phone_hash: /^(653b|06C02D|\+1415)/,
};

/** A few rows, for generations whose rules are those of another. */
export const FEW: Readonly<Record<IdentityKind, RegExp>> = {
  email: /Jane\.Doe@Example\.COM|^in ner|É|jane\.doe\+news|jane\.doe@googlemail/,
  email_hash: /^$/,
  phone: /^\+447911123456$/,
  phone_hash: /^$/,
};

export const hashKind = (kind: IdentityKind): IdentityKind =>
  kind.startsWith('phone') ? 'phone_hash' : 'email_hash';

/** The tokens of an identifier, requested once for several scenarios. */
export const tokensOf = (ctx: ScenarioContext, { kind, value }: Identity): Promise<Tokens> =>
  askOnce(ctx.memory, `tokens ${ctx.api} ${kind} ${value}`, async () =>
    readTokens(ctx, await askGenerate(ctx, { [kind]: value })),
  );

/** The hash of a row's identifier. If the row itself is a hash, in its other spelling. */
export function hashOf(row: ValidRow): Identity {
  const kind = hashKind(row.kind);
  const bytes = Buffer.from(row.sha256_base64, 'base64');
  const isHex = row.kind.endsWith('hash') && row.input.length === 44 && bytes.length === 32;
  return { kind, value: isHex ? bytes.toString('hex') : row.sha256_base64 };
}

/** Whether validate says that the tokens of a row's identifier belong to its hash. */
export const isOfItsHash = (ctx: ScenarioContext, row: ValidRow): Promise<boolean> =>
  askOnce(ctx.memory, `person ${ctx.api} ${row.id}`, async () =>
    isOf(ctx, (await tokensOf(ctx, identityOf(row))).advertisingToken, hashOf(row)),
  );
