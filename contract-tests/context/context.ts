/** What a running scenario works with: the target, the generation of the API, the run's memory. */
import type { Api, Participant } from '../spec/api.ts';
import type { Keys } from '../wire/index.ts';
import { selectCaller } from '../target/callers.ts';
import type { Caller } from '../target/credentials.ts';
import type { Role } from '../target/roles.ts';
import type { Target } from '../target/target.ts';
import type { World } from '../target/world.ts';
import type { Watch } from '../check/watch.ts';
import type { Facts, RunMemory } from './run-memory.ts';

export const PARTICIPANT_ROLE: Readonly<Record<Participant, Role>> = {
  publisher: 'GENERATOR',
  advertiser: 'MAPPER',
  dsp: 'ID_READER',
  sharer: 'SHARER',
};

export class ScenarioContext {
  readonly target: Target;
  readonly api: Api;
  readonly participant: Participant;
  readonly memory: RunMemory;
  readonly watch: Watch;
  /** The keys of the world, if it has any. */
  readonly worldKeys: Keys | undefined;
  #count = 0;

  constructor(target: Target, api: Api, participant: Participant, memory: RunMemory, watch: Watch) {
    this.target = target;
    this.api = api;
    this.participant = participant;
    this.memory = memory;
    this.watch = watch;
    this.worldKeys = target.world && keysOf(target.world);
  }

  get facts(): Facts {
    return this.memory.facts;
  }

  /** 0, 1, 2, … within this scenario. */
  nextCount(): number {
    return this.#count++;
  }

  /** The generation whose rules apply: the unversioned token routes of `local` follow those of v1. */
  get rules(): Api {
    return this.api === 'v0' && !this.target.flat ? 'v1' : this.api;
  }

  /** Requests and answers of this generation are envelopes. */
  get sealed(): boolean {
    return this.api === 'v2' || this.api === 'v3';
  }

  get prefix(): string {
    return this.api === 'v0' ? '' : `/${this.api}`;
  }

  /** True where the target behaves as v5.56 in what the two recorded versions differ in. */
  get old(): boolean {
    return this.target.profile === 'v5.56';
  }

  /**
   * The enabled client with this role that suits best.
   * @throws ContractError `not_applicable` when none was given.
   */
  caller(role: Role = PARTICIPANT_ROLE[this.participant]): Caller {
    const { caller, isNeeded } = this.facts.personCheck;
    if (role === 'GENERATOR' && caller && isNeeded) return caller;
    return selectCaller(this.target, role, this.sealed);
  }

  /** What is allowed where versions differ: the way of the given profile, or both when the profile is a guess. */
  either<Old, Current = Old>(old: Old, current: Current): (Old | Current)[] {
    if (!this.target.profileGiven || this.target.profile === 'local') return [current, old];
    return this.target.profile === 'v5.56' ? [old] : [current];
  }

  /** All keys that are known: those of the world, else those that the given clients can see. */
  get keys(): Keys {
    return this.worldKeys ?? this.facts.keys;
  }
}

const keysOf = ({ keyset_keys: keys }: World): Keys | undefined =>
  keys && new Map(keys.map((key) => [key.id, Buffer.from(key.secret, 'base64')]));
