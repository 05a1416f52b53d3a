/**
 * Writes `fixtures/causes.json`: every cause that the doctors and the operator name, from the tables of
 * `mock-server/core/doctor/causes/`, for programs that know causes by their id.
 */

import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CauseText } from '../mock-server/core/doctor/cause.ts';
import { fixes } from '../mock-server/core/doctor/causes/reasons.ts';
import { reasons } from '../mock-server/core/reasons.ts';

export const causesPath = fileURLToPath(new URL('../fixtures/causes.json', import.meta.url));

const folder = new URL('../mock-server/core/doctor/causes/', import.meta.url);

type Row = CauseText & { readonly id: string };

const rowsOf = (table: Readonly<Record<string, CauseText>>): Row[] =>
  Object.entries(table).map(([id, { says, fix, section }]) => ({ id, says, fix, section }));

/** What the operator decides by. */
const ofReasons = (): Row[] =>
  Object.entries(fixes).map(([id, fix]) => ({
    id,
    says: reasons[id as keyof typeof fixes],
    ...fix,
  }));

/** The tables of the doctors: each file exports one under a name that ends with Causes. */
async function ofDoctors(): Promise<Row[]> {
  const files = readdirSync(folder).filter((name) => /^[\w-]+\.ts$/.test(name) && !name.endsWith('.test.ts'));
  const modules = await Promise.all(
    files.map(
      (name): Promise<Readonly<Record<string, Readonly<Record<string, CauseText>>>>> =>
        import(new URL(name, folder).href),
    ),
  );
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, table]) => (name.endsWith('Causes') ? rowsOf(table) : [])),
  );
}

/** @throws Error when two causes have one id */
export async function allCauses(): Promise<Row[]> {
  const rows = [...ofReasons(), ...(await ofDoctors())].sort((a, b) => (a.id < b.id ? -1 : 1));
  const twice = rows.find(({ id }, at) => rows[at + 1]?.id === id);
  if (twice !== undefined) throw new Error(`causes: expected each id once, got ${twice.id} twice`);
  return rows;
}

export const causesJson = async (): Promise<string> => `${JSON.stringify(await allCauses(), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(causesPath, await causesJson());
