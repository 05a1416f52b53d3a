/** Builds the executable into a folder; its path. */
export declare function buildExecutable(folder: string): Promise<string>;
