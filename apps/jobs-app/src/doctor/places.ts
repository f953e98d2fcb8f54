import { parseYaml } from '@airq/pipeline/inspect'
import type { StationConfig } from '@airq/pipeline'
import type { Next } from './check.ts'
import { rewrittenLine } from './edit-line.ts'
import type { Session } from './session.ts'

type Path = readonly (string | number)[]

/** The path of a key of a station in the configuration. */
export function stationPath({ context }: Session, { id }: StationConfig, ...keys: Path): Path {
  return ['stations', context.allStations.findIndex((station) => station.id === id), ...keys]
}

/** `config.yaml:7:15` */
export function placeOf({ context }: Session, path: Path): string {
  const { line, column } = parseYaml(context.configText).positionOf(path, 'value')
  return `${context.configPath}:${String(line)}:${String(column)}`
}

/** The line of the configuration as it should be, with another value at a path. */
export function lineWith({ context }: Session, path: Path, value: string): Next | undefined {
  const { configPath: file, configText: text } = context
  return rewrittenLine({ file, text }, parseYaml(text).positionOf(path, 'value'), 'value', value)
}
