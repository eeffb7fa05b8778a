/** Loads an optional package. `hint`: what to say where it is not installed. */
export async function loadPackage<Module>(load: () => Promise<Module>, hint: string): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new Error(hint, { cause })
  }
}
