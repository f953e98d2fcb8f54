/** When the watch raises an alert. 0, or an empty list, switches a check off. */

import { z } from 'zod'

const hours = z.number().min(0).max(8760)
const days = z.int().min(0).max(730)

/** Since the last good run began. */
export const missedHoursSchema = z.strictObject({
  feature: hours.default(7),
  inference: hours.default(30),
  training: hours.default(216),
})

/** Skill of the forecasts as issued against persistence. */
export const watchSkillSchema = z.strictObject({
  /** Of so many last days, each span by itself. */
  days: z.array(z.int().min(20).max(730)).max(4).default([30, 90]),
  leastDays: z.int().min(10).max(365).default(20),
  /** An alert where the upper confidence bound lies below. */
  alarmBelow: z.number().min(-1).max(0.9).default(0),
})

/** Share of outcomes within the interval, against what the interval was to hold. */
export const watchCoverageSchema = z.strictObject({
  days: days.default(90),
  leastDays: z.int().min(10).max(365).default(30),
})

export const watchSchema = z.strictObject({
  staleHours: hours.default(12),
  staleDays: days.default(3),
  missedHours: missedHoursSchema.prefault({}),
  forecastHours: z.number().min(0).max(168).default(6),
  skill: watchSkillSchema.prefault({}),
  coverage: watchCoverageSchema.prefault({}),
  confidence: z.number().min(0.5).max(0.999).default(0.95),
  stuckHours: z.int().min(0).max(720).default(24),
  stuckDays: days.default(6),
  identityDays: days.default(7),
  alignmentDays: days.default(90),
})
