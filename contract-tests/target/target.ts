/** What the suite is told about a target, and what it knows about it while scenarios run. */
import type { Api } from '../spec/api.ts';
import type { HttpClient } from './client.ts';
import type { Caller, Credential } from './credentials.ts';
import type { World } from './world.ts';

export type Profile = 'local' | 'seed-v1' | 'v5.56' | 'current';
export const profiles: readonly Profile[] = ['local', 'seed-v1', 'v5.56', 'current'];

export interface TargetOptions {
  /** Base URL, http or https. */
  url: string;
  credentials?: readonly Credential[] | undefined;
  /** In the format of fixtures/recordings/world-*.json, any part of it. */
  world?: unknown;
  /** Taken from the target's behaviour if not given; when given, what versions differ in must be as that one does it. */
  profile?: Profile | undefined;
  /** Version of advertising tokens where it is not the profile's own (2 in seed-v1, else 4). */
  tokenVersion?: 2 | 3 | 4 | undefined;
  clientSideKeypairs?:
    readonly { subscription_id: string; public_key: string; site_id: number }[] | undefined;
}

export interface Target {
  url: string;
  http: HttpClient;
  world: World | undefined;
  callers: readonly Caller[];
  keypairs: readonly { subscription_id: string; public_key: string; site_id: number; disabled?: boolean }[];
  profile: Profile;
  profileGiven: boolean;
  served: Readonly<Record<Api, boolean>>;
  /** Unversioned token routes answer in v0 shapes, not in those of v1. */
  flat: boolean;
  /** 0 UID2, 1 EUID. */
  scope: number;
  phone: boolean;
  /** Client-side token generation is on. */
  clientGenerate: boolean;
  tokenVersion: 2 | 3 | 4 | undefined;
}
