/** Declarations for CommonJS that import types of packages for `import` only. */

/** Packages that are ES modules only: TypeScript asks CommonJS to say how their types are to be resolved. */
const modulesOnly = ['jose', 'typebox']

/**
 * A type import has a default name or others, not both, so one import may become two.
 * @param {string} text a declaration file
 */
export function withModes(text) {
  const importing = new RegExp(
    `^import (?:type )?(?:(\\w+), )?(.+?) from ("(?:${modulesOnly.join('|')})(?:/[^"]*)?");?$`,
    'gm',
  )
  return text.replaceAll(importing, (_all, byDefault, names, from) =>
    [byDefault, names]
      .filter((each) => each !== undefined)
      .map((each) => `import type ${each} from ${from} with { "resolution-mode": "import" };`)
      .join('\n'),
  )
}
