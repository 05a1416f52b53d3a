import type { Metafile } from 'esbuild';

/** Builds the page into a folder; the list of esbuild of what is inside. */
export function buildPage(folder: string): Promise<Metafile>;
