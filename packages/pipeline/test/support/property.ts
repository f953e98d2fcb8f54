import * as fc from 'fast-check'
import { test as vitestTest } from 'vitest'

export { fc }

/** A test of many generated values. */
export function test<T>(name: string, values: fc.Arbitrary<T>, holds: (value: T) => void): void {
  vitestTest(name, () => {
    fc.assert(fc.property(values, holds), { numRuns: 300 })
  })
}
