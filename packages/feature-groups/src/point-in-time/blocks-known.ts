import type { Block } from './information.ts'
import type { PointInTimeView } from './view.ts'

/** An hour older than this no longer tells how the air is now. */
const RECENT_HOURS = 6

const IS_KNOWN: Readonly<Record<Block, (view: PointInTimeView) => boolean>> = {
  stationHours(view) {
    const day = Math.ceil(view.decision.hour / 24) - 1
    const clock = view.decision.hour - day * 24
    return !Number.isNaN(view.hours('aqi', day, [Math.max(0, clock - RECENT_HOURS), clock]))
  },
  modelHours: (view) => !Number.isNaN(view.modelHours('aqi', RECENT_HOURS)),
  sourceForecast: (view) => !Number.isNaN(view.sourceForecast('pm25', view.targetDay)),
  weather: (view) => !Number.isNaN(view.weather('temperature', view.targetDay, 'day')),
}

/** Whether all of these blocks were known at a decision, well enough to make a row of them. */
export function hasBlocks(view: PointInTimeView, blocks: readonly Block[]): boolean {
  return blocks.every((block) => {
    view.enter({ name: `whether ${block} is known`, from: block })
    return IS_KNOWN[block](view)
  })
}
