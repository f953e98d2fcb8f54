import type { z } from 'zod'
import { ModelError } from './errors.ts'

/** Parses fitted state from JSON; anything unexpected is a `bad-model` error, never a model that half works. */
export function parseFitted<T>(schema: z.ZodType<T>, data: unknown, id: string): T {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const first = parsed.error.issues[0]
  throw new ModelError(
    'bad-model',
    `the stored ${id} model is not valid: ${first?.message ?? 'unknown shape'}`,
    {
      hint: 'Train again to publish a sound model.',
      where: ['fitted', ...(first?.path.map(String) ?? [])].join('.'),
    },
  )
}

/** Rounds to 12 significant digits, so that the last bits of `Math.log` on another machine don't change a digest. */
export function stable(value: number): number {
  return Number(value.toPrecision(12))
}
