/** The flags of `uid2-mock hash`. */

export const KINDS = ['email', 'phone'] as const;
export const FORMATS = ['lines', 'csv', 'ndjson'] as const;

export interface HashFlags {
  readonly expect?: string;
  readonly kind?: (typeof KINDS)[number];
  readonly json?: boolean;
  readonly file?: string;
  readonly column?: string;
  readonly expectColumn?: string;
  readonly format?: (typeof FORMATS)[number];
}
