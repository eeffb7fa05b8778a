export declare function withModes(text: string): string
