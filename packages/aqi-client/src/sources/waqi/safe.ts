import { AqiError } from '../../errors.ts'

export type Outcome<T> =
  { readonly ok: true; readonly data: T } | { readonly ok: false; readonly error: AqiError }

/** The outcome of a call as a value: `safe(() => client.latest({ uid: 1451 }))`. Other errors than `AqiError` throw. */
export async function safe<T>(call: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, data: await call() }
  } catch (error) {
    if (AqiError.isInstance(error)) return { ok: false, error }
    throw error
  }
}
