export { defineCommand } from './command/define-command.ts'
export type { CommandDefinition, PipelineName } from './command/define-command.ts'
export { type CommandIo, processIo, writeText } from './command/command-io.ts'
export { parseArguments, type RunRequest, wantsJson } from './command/parse-arguments.ts'
export { runCommand } from './command/run-command.ts'
export { REGISTRY_OPTIONS, STATION_OPTIONS, STORE_OPTIONS } from './command/options.ts'
export type { DownloadZone, LogLevel, OptionName, StageOptions } from './command/options.ts'
export type { Config, StationConfig } from './config/schema.ts'
export type { Decision, InformationSet } from './decisions.ts'
export { modelName } from './model-name.ts'
export type { ForecasterId } from './forecasters.ts'
export { eachStation, withoutLeases } from './each-station.ts'
export { type CheckItem, checkRegistry, checkStore, holdsGroup, runChecks } from './checks.ts'
export { keySpan } from './key-span.ts'
export { describeError, errorLines } from './describe-error.ts'
export type { DescribedError, ErrorReport } from './describe-error.ts'
export type { Progress, StartProgress } from './terminal/progress.ts'
export { paint, type Terminal } from './terminal/terminal.ts'
export { columnsFor, displayWidth, mark } from './terminal/width.ts'
export { PipelineError, UserError, isAirqError, placed } from './errors.ts'
export type { FrameErrorCode, PipelineErrorOptions } from './errors.ts'
export type {
  Clock,
  Logger,
  LogFields,
  RunContext,
  RunWarning,
  Stage,
  StageResult,
  VaultCredential,
} from './types.ts'
