export {
  backtest,
  type Backtest,
  type BacktestOptions,
  issuedBy,
  residualsOf,
  scoredRows,
} from './backtest.ts'
export { dayOfYear, monthIndex, yearAngle } from './calendar.ts'
export { type DailySeries, dailySeries } from './daily-series.ts'
export { ModelError, type ModelErrorCode, type ModelErrorOptions } from './errors.ts'
export type { Contribution, FitContext, FittedForecaster, Forecaster, Recipe } from './forecaster.ts'
export * from './forecasters/index.ts'
export {
  checkMatrix,
  firstRows,
  type ForecastRow,
  knownRows,
  rowAt,
  rowCount,
  type SeriesPool,
  type SeriesRoles,
  type TrainingMatrix,
} from './matrix.ts'
export {
  type ForecastQuestion,
  type LoadedModel,
  type LoadedSet,
  loadModel,
  packResiduals,
} from './loaded-model.ts'
export * from './model-document.ts'
export {
  alertInterval,
  type AlertIntervalOptions,
  type AlertRule,
  alertRule,
  type AlertScores,
  f1Of,
  scoreAlerts,
} from './alert.ts'
export { classIndex, type ProbabilityScores, score, scoreDistributions, type Scores } from './scores.ts'
export { RESIDUALS_KEPT, type Residual, residualOf } from './residual.ts'
export * from './search/index.ts'
export { fitSpread, loadSpread, type Spread } from './spread.ts'
export {
  type Distribution,
  distribution,
  type DistributionOptions,
  exceedance,
  type PointForecast,
  quantile,
} from './uncertainty.ts'
export {
  gate,
  GATE_RULES,
  type GateContender,
  type GateQuestion,
  type GateRules,
  type GateVerdict,
} from './gate.ts'
export { dieboldMariano, type PairedTest } from './paired-test.ts'
export { type SlicedDays, type SliceScores, sliceScores } from './slices.ts'
