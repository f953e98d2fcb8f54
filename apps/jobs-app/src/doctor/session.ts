import type { CommandIo, RunContext, RunRequest } from '@airq/pipeline'
import { shellCommand } from '@airq/job-runner'
import type { Next } from './check.ts'

/** What all checks know, whatever the configuration is like. */
export interface Surroundings {
  readonly request: RunRequest
  readonly io: CommandIo
  /** Epoch ms of the instant that is asked about: `--now`, or the system's time. */
  readonly now: number
  readonly network: boolean
}

/** What checks of a sound configuration know too. */
export interface Session extends Surroundings {
  readonly context: RunContext
  /** Its secrets are taken out of all that is told. */
  readonly redact: (value: string) => void
}

/** A command of airq as it is to be typed here, with the configuration and state in question. */
export function commandLine(
  { request, io }: Surroundings,
  bin: string,
  args: readonly string[] = [],
): Next & { readonly kind: 'run' } {
  const { configPath, common } = request
  const parts = [
    ...[bin, configPath, ...args],
    ...(common.state === '.airq' ? [] : ['--state', common.state]),
    ...(common.now === undefined ? [] : ['--now', common.now]),
  ]
  // Placeholders are for people to fill in: no shell gets to see them.
  const text = parts.map((part) => (/^<.*>$/.test(part) ? part : shellCommand([part]))).join(' ')
  return { kind: 'run', command: `${packageManager(io.env)}${text}` }
}

/** Whoever came by a root script goes on by root scripts. */
function packageManager(env: CommandIo['env']): string {
  if (env['npm_lifecycle_event'] !== 'airq-doctor') return ''
  const version = /^pnpm\/(\d[\w.-]*)/.exec(env['npm_config_user_agent'] ?? '')?.[1]
  return version === undefined ? '' : `npx --yes pnpm@${version} `
}

/** The same value for all who ask. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    made.catch(() => undefined)
    return made
  }
}

/** `3 h`, `2 days`: how long, in one word. */
export function ageText(ms: number): string {
  const hours = Math.max(0, ms) / 3_600_000
  if (hours < 1) return 'less than 1 h'
  if (hours < 48) return `${String(Math.floor(hours))} h`
  return `${String(Math.floor(hours / 24))} days`
}
