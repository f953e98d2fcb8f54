import { inspect } from 'node:util'

/** Everything an error shows, however it is looked at. */
export function everythingSaid(error: unknown): string {
  const own = error instanceof Error ? Object.getOwnPropertyDescriptors(error) : {}
  return [
    String(error),
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    JSON.stringify(own),
  ].join('\n')
}
