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
export {
  gate,
  GATE_RULES,
  type GateContender,
  type GateQuestion,
  type GateRules,
  type GateVerdict,
} from './gate.ts'
export { dieboldMariano, type PairedTest } from './paired-test.ts'
