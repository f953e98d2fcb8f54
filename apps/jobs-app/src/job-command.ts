import { basename, resolve } from 'node:path'
import type { OptionName, RunContext, StageOptions } from '@airq/pipeline'
import type { Credentials } from './credentials.ts'
import type { PipelineJob } from './pipelines.ts'

/** Of a command that starts jobs: whatever options it takes. */
export type PassedOptions = Partial<StageOptions>

/** Where a container has its state. */
export const CONTAINER_STATE = '/state'

/**
 * The command of a job, as one would type it: program, configuration, secrets by reference, names, options.
 * @param credentials flags and values, without a secret among them
 * @param files of `--csv`, as the job finds them
 */
export function jobCommand(
  pipeline: PipelineJob,
  context: RunContext,
  options: PassedOptions,
  { flags }: Pick<Credentials, 'flags'>,
  files: readonly string[] = [],
): string[] {
  const { configPath, stateDir, clock, systemClock, config } = context
  const { kind } = config.jobs
  // A process works beside its submitter; others know the configuration by its name alone.
  const path = kind === 'process' ? configPath : basename(configPath)
  const state =
    kind === 'docker'
      ? CONTAINER_STATE
      : kind === 'process' && stateDir !== resolve('.airq')
        ? stateDir
        : null
  return [
    pipeline.bin,
    path,
    ...flags,
    ...pipeline.options.flatMap((name) => passedOn(name, { ...options, csv: files })),
    ...(state === null ? [] : ['--state', state]),
    ...(clock === systemClock ? [] : ['--now', new Date(clock.now()).toISOString()]),
    // How well it went travels in the run record.
    ...['--degraded-exit', '0'],
  ]
}

/** An option as it was given; nothing where it was not. */
export function passedOn(name: OptionName, options: PassedOptions): string[] {
  switch (name) {
    case 'csv':
      return (options.csv ?? []).flatMap((file) => ['--csv', file])
    case 'station':
      return (options.station ?? []).flatMap((id) => ['--station', id])
    case 'models':
      return (options.models ?? []).length === 0 ? [] : ['--models', (options.models ?? []).join(',')]
    case 'as':
    case 'decision':
      return options[name] === undefined ? [] : [`--${name}`, options[name]]
    case 'downloadZone':
      return downloadZone(options.downloadZone)
    case 'trials':
      return options.trials === undefined ? [] : ['--trials', String(options.trials)]
    case 'budget':
      return options.budget === undefined ? [] : ['--budget', `${String(options.budget / 1000)}s`]
    case 'resume':
      return options.resume === true ? ['--resume'] : []
    case 'quarantine':
      return options.quarantine === undefined ? [] : ['--quarantine', options.quarantine]
    case 'allowFallback':
      return options.allowFallback === true ? ['--allow-fallback'] : []
    case 'weatherHistory':
      return options.weatherHistory === true ? ['--weather-history'] : []
    default:
      return []
  }
}

function downloadZone(zone: StageOptions['downloadZone'] | undefined): string[] {
  if (zone === undefined || zone === 'auto') return []
  return ['--download-zone', typeof zone === 'string' ? zone : zone.timeZone]
}
