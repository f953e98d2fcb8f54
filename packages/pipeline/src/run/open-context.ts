import { join, resolve } from 'node:path'
import type { CommandIo } from '../command/command-io.ts'
import type { RunRequest } from '../command/parse-arguments.ts'
import { loadConfig } from '../config/load-config.ts'
import { PipelineError, UserError } from '../errors.ts'
import type { Clock, Logger, RunContext } from '../types.ts'
import { findGitCommit } from './git-commit.ts'
import { parseInstant } from './instant.ts'
import type { Redactor } from './redactor.ts'
import { findSecret } from './secrets.ts'
import { ensureStateDirectory, exists } from './state-directory.ts'

export interface RunIdentity {
  readonly runId: string
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly warn: (code: string, message: string) => void
  readonly redactor: Redactor
  /** Called with everything that must be closed when the run ends. */
  readonly keep: (resource: Closable) => void
}

export interface Closable {
  close(): Promise<void>
}

/**
 * Reads the configuration and makes what a stage works with.
 * @throws UserError `bad-now`, `bad-config`
 */
export async function openContext(request: RunRequest, run: RunIdentity, io: CommandIo): Promise<RunContext> {
  const { configPath, common } = request
  const clock = common.now === undefined ? io.clock : fixedClock(parseInstant(common.now))
  const config = await loadConfig(configPath)
  const stateDir = resolve(common.state)
  const { runId, logger, signal, warn, redactor } = run
  return {
    config,
    configPath,
    stateDir,
    clock,
    systemClock: io.clock,
    logger,
    warn,
    signal,
    runId,
    openStore: async ({ readOnly = false } = {}) => {
      const path = join(stateDir, 'feature-store.sqlite')
      if (readOnly) await demandStore(path)
      else await ensureStateDirectory(stateDir)
      const { openSqliteStore } = await import('@airq/feature-store/sqlite')
      return kept(await openSqliteStore({ path, clock: io.clock, readOnly }), run)
    },
    openRegistry: async () => {
      await ensureStateDirectory(stateDir)
      const { openLocalRegistry } = await import('@airq/model-registry/local')
      return kept(await openLocalRegistry({ path: join(stateDir, 'model-registry'), clock: io.clock }), run)
    },
    secret: (name) => findSecret(name, { options: request.options, configPath, io, redactor, warn }),
    baseUrl: (variable, configured) => checkedUrl(variable, io.env[variable]) ?? configured,
    gitCommit: () => findGitCommit(io),
  }
}

function kept<Resource extends Closable>(resource: Resource, { keep }: RunIdentity): Resource {
  keep(resource)
  return resource
}

function fixedClock(instant: number): Clock {
  return { now: () => instant }
}

async function demandStore(path: string): Promise<void> {
  if (await exists(path)) return
  throw new PipelineError('no-store', 'nothing has been imported yet', {
    hint: 'Run batch-feature-pipeline first, with the same --state.',
    where: path,
  })
}

function checkedUrl(variable: string, value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value
  throw new UserError('bad-base-url', `${variable} is not an http address`, {
    hint: `Unset it, or write the whole address, such as ${variable}=http://127.0.0.1:8080.`,
  })
}
