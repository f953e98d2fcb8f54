export { backtest, type Backtest, type BacktestOptions } from './backtest.ts'
export { dayOfYear, monthIndex, yearAngle } from './calendar.ts'
export { ModelError, type ModelErrorCode, type ModelErrorOptions } from './errors.ts'
export type { FitContext, FittedForecaster, Forecaster, Recipe } from './forecaster.ts'
export * from './forecasters/index.ts'
export {
  checkMatrix,
  type ForecastRow,
  knownRows,
  rowAt,
  rowCount,
  type SeriesRoles,
  type TrainingMatrix,
} from './matrix.ts'
export * from './model-document.ts'
export { classIndex, score, type Scores } from './scores.ts'
export { type Distribution, distribution, type DistributionOptions, logResiduals } from './uncertainty.ts'
