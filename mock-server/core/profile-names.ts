/** The profiles of operators. What they differ in is in `operator/profile.ts`. */

export const profileNames = ['local', 'seed-v1', 'v5.56', 'current'] as const;

export type ProfileName = (typeof profileNames)[number];
