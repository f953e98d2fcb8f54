import { z } from 'zod'

import type { WaqiFault } from './types.ts'

const faultSchema = z.strictObject({
  headDelayMs: z.number().min(0).optional(),
  bodyDelayMs: z.number().min(0).optional(),
  drop: z.enum(['unanswered', 'in-body']).optional(),
  truncated: z.boolean().optional(),
  status: z.int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  prefix: z.string().optional(),
  padding: z.int().min(0).optional(),
  set: z.record(z.string(), z.unknown()).optional(),
  remove: z.array(z.string()).optional(),
  staleHours: z.number().min(0).optional(),
})

/** True for a fault as it may come from another process. */
export function isFault(value: unknown): value is WaqiFault {
  return faultSchema.safeParse(value).success
}
