/** A target as its user describes it, and as the suite knows it while scenarios run. */
import type { Api } from '../spec/api.ts';
import type { HttpClient } from './client.ts';
import type { Caller, ClientSideKeypair, Credential } from './credentials.ts';
import type { World } from './world.ts';

export type Profile = 'local' | 'seed-v1' | 'v5.56' | 'current';
export const profiles: readonly Profile[] = ['local', 'seed-v1', 'v5.56', 'current'];

export interface TargetOptions {
  /** Base URL, http or https. */
  url: string;
  credentials?: readonly Credential[] | undefined;
  /** In the format of fixtures/recordings/world-*.json; every member is optional. */
  world?: unknown;
  /** Where versions differ, the target must do as this profile; found out from its behaviour if not given. */
  profile?: Profile | undefined;
  /** Version of advertising tokens, if it differs from that of the profile: 2 in seed-v1, else 4. */
  tokenVersion?: 2 | 3 | 4 | undefined;
  clientSideKeypairs?: readonly ClientSideKeypair[] | undefined;
}

export type Keypair = ClientSideKeypair & { disabled?: boolean };

/** Which generations it answers. */
export type Served = Readonly<Record<Api, boolean>>;

export interface Target {
  url: string;
  http: HttpClient;
  world: World | undefined;
  callers: readonly Caller[];
  keypairs: readonly Keypair[];
  profile: Profile;
  profileGiven: boolean;
  served: Served;
  /** Unversioned token routes answer in v0 shapes, not in those of v1. */
  flat: boolean;
  /** 0 UID2, 1 EUID. */
  scope: number;
  phone: boolean;
  /** Client-side token generation is on. */
  clientGenerate: boolean;
  tokenVersion: 2 | 3 | 4 | undefined;
}
