import { HttpError } from '@airq/http'
import type { z } from 'zod'

import { ModelRegistryError } from './errors.ts'

/** A call of a remote registry, for messages. */
export interface RemoteCall {
  /** `Creating the run`. */
  readonly what: string
  /** `POST /runs/create`. */
  readonly where: string
}

/**
 * What went wrong before, or instead of, an answer, in our words; of a refusal the adapter tells itself. What is no
 * failure of the transport is given back as it is.
 */
export function failureWithoutAnswer(
  error: unknown,
  { what, where }: RemoteCall,
  signal: AbortSignal | undefined,
): Error {
  if (signal?.aborted === true) {
    return new ModelRegistryError('aborted', `${what} was aborted; no version is half-written.`, {
      retryable: true,
      where,
      hint: 'Run it again.',
    })
  }
  if (!HttpError.isInstance(error)) return error instanceof Error ? error : new Error(String(error))
  const { code, fault, retryable, message, hint } = error
  return new ModelRegistryError(codes[code] ?? 'bad-answer', `${what}: ${message}`, {
    fault,
    retryable,
    hint,
    where,
    cause: error,
  })
}

const codes: Partial<Record<HttpError['code'], ModelRegistryError['code']>> = {
  'untrusted-host': 'untrusted-host',
  aborted: 'aborted',
  'bad-request': 'bad-arguments',
  network: 'registry-unavailable',
  timeout: 'registry-unavailable',
}

/** A body of JSON by its schema. @throws ModelRegistryError `bad-answer` */
export function parsedAnswer<T>(
  body: Uint8Array,
  schema: z.ZodType<T>,
  { what, where }: RemoteCall,
  hint: string,
): T {
  const bad = (problem: string) =>
    new ModelRegistryError('bad-answer', `${what}: the answer cannot be read (${problem}).`, { where, hint })
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(body))
  } catch {
    throw bad('it is no JSON')
  }
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw bad(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}
