type Container = Record<string, unknown>

/** A copy with the values set and the parts removed. Paths are dotted: `data.iaqi.pm25.v`, `data.city.geo.0`. */
export function editJson(
  json: object,
  set: Readonly<Record<string, unknown>> = {},
  remove: readonly string[] = [],
): object {
  const copy = structuredClone(json)
  for (const [path, value] of Object.entries(set)) {
    const { parent, key } = placeOf(copy, path)
    // Defined rather than assigned: `__proto__` is to become a key like any other.
    Object.defineProperty(parent, key, { value, configurable: true, enumerable: true, writable: true })
  }
  for (const path of remove) {
    const { parent, key } = placeOf(copy, path)
    Reflect.deleteProperty(parent, key)
  }
  return copy
}

function placeOf(root: object, path: string): { readonly parent: object; readonly key: string } {
  const parts = path.split('.')
  const key = parts.pop() ?? ''
  let parent = root
  for (const part of parts) {
    const child: unknown = Object.hasOwn(parent, part) ? Reflect.get(parent, part) : undefined
    if (typeof child === 'object' && child !== null) parent = child
    else {
      const made: Container = {}
      Object.defineProperty(parent, part, {
        value: made,
        configurable: true,
        enumerable: true,
        writable: true,
      })
      parent = made
    }
  }
  return { parent, key }
}
