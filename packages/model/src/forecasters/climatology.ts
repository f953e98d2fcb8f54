import { median } from 'simple-statistics'
import { z } from 'zod'
import { dayOfYear } from '../calendar.ts'
import { ModelError } from '../errors.ts'
import { parseFitted, stable } from '../fitted-json.ts'
import type { Forecaster } from '../forecaster.ts'
import { at, rowCount } from '../matrix.ts'

const DAYS = 366

const Fitted = z.strictObject({ byDayOfYear: z.array(z.number().min(0)).length(DAYS) })
type Fitted = z.infer<typeof Fitted>

export interface ClimatologyParams {
  /** Days on either side of the target's day of the year that count. */
  readonly halfWindow: number
}

function restore(fitted: Fitted) {
  return {
    predict: (row: { targetDay: number }) => fitted.byDayOfYear[dayOfYear(row.targetDay)] ?? Number.NaN,
    explain: () => [],
    toJSON: () => ({ ...fitted }),
  }
}

/** The usual value of the season: the median of all past years around the target's day of the year. */
export const climatology: Forecaster<ClimatologyParams> = {
  id: 'climatology',
  defaults: { halfWindow: 15 },
  fit(training, params) {
    if (rowCount(training) === 0) throw new ModelError('too-few-rows', 'climatology needs at least one row')
    const byDay = Array.from({ length: DAYS }, (): number[] => [])
    for (let i = 0; i < rowCount(training); i++) {
      byDay[dayOfYear(at(training.targetDays, i))]?.push(at(training.outcomes, i))
    }
    const overall = median(Array.from(training.outcomes))
    const values = byDay.map((_, day) => {
      const near: number[] = []
      for (let k = -params.halfWindow; k <= params.halfWindow; k++) {
        near.push(...(byDay[(day + k + DAYS) % DAYS] ?? []))
      }
      return stable(near.length > 0 ? median(near) : overall)
    })
    return restore({ byDayOfYear: values })
  },
  load: (data) => restore(parseFitted(Fitted, data, 'climatology')),
}
