/** `@airq/pipeline/config`: the configuration by itself, without a command around it. */

export { loadConfig, parseConfig } from './load-config.ts'
export type { Config, ForecasterId, StationConfig } from './schema.ts'
