interface Built {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

/** Writes THIRD-PARTY-LICENSES and sbom.cdx.json into a folder. */
export function writeInventory(metafiles: readonly Built[], repository: string, folder: string): void;
