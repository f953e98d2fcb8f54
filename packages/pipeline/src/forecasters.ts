/** Ids of the forecasters that may be candidates; here so that a command's help needs nothing else. */
export const FORECASTERS = [
  'persistence',
  'climatology',
  'ewma',
  'ridge',
  'boosting',
  'boosted-ridge',
  'blend',
  'global-boosting',
  'global-blend',
] as const

export type ForecasterId = (typeof FORECASTERS)[number]
