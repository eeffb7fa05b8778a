export declare function differences(first: string, second: string): Promise<string[]>
