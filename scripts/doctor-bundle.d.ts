import type { BuildOptions } from 'esbuild';

export declare const doctorBundle: BuildOptions;
