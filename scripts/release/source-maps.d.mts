export declare function moveSources(outDir: string, dist: string, ending: string): Promise<void>
