/** Generations of the API, participants and levels. */

/** A generation of the operator's API (Protocol §1.2). */
export type Api = 'v0' | 'v1' | 'v2' | 'v3';
export const apis: readonly Api[] = ['v0', 'v1', 'v2', 'v3'];

/** The participant whose credentials a scenario needs. */
export type Participant = 'publisher' | 'advertiser' | 'dsp' | 'sharer';
export const participants: readonly Participant[] = ['publisher', 'advertiser', 'dsp', 'sharer'];

/** MUST: every operator does it. SHOULD: the recorded versions of the operator differ in it. */
export type Level = 'MUST' | 'SHOULD';
