/** `@airq/pipeline/config`: the configuration by itself, without a command around it. */

export { loadConfig, parseConfig } from './load-config.ts'
export type { ForecasterId } from '../forecasters.ts'
export type { Config, StationConfig } from './schema.ts'
