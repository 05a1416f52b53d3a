/** The roles of callers (Protocol §4.1). */
import type { Caller } from './credentials.ts';

export type Role = 'GENERATOR' | 'MAPPER' | 'ID_READER' | 'SHARER' | 'OPTOUT';
export const roles: readonly Role[] = ['GENERATOR', 'MAPPER', 'ID_READER', 'SHARER', 'OPTOUT'];

export const hasRole = (caller: Caller, role: Role): boolean => caller.roles?.includes(role) ?? false;
