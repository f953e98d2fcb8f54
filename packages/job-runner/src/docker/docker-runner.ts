import { JobRunnerError } from '../errors.ts'
import { specHash } from '../job-spec.ts'
import { everyday, secretsOf } from '../local/job-environment.ts'
import { localRunner, type LocalRunnerOptions } from '../local/local-runner.ts'
import { shellCommand } from '../quoting.ts'
import type { JobRunner, JobSpec } from '../types.ts'
import { inspect, SPEC_LABEL } from './inspect.ts'

export interface DockerRunnerOptions extends LocalRunnerOptions {
  /** Default `docker`, found on the PATH of `env`. */
  readonly docker?: string
  /** More for `docker run`: `['--volume', 'airq:/state']`. */
  readonly runArguments?: readonly string[]
}

/** What the command `docker` itself reads. */
const DOCKER_VARIABLES = [
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'XDG_RUNTIME_DIR',
]

/**
 * Runs jobs as containers, the container's name being the job's. Secrets go by name, through the environment of the
 * command `docker`; what a job writes is kept beside its state.
 */
export function dockerRunner(options: DockerRunnerOptions): JobRunner {
  const { docker = 'docker', env, inherit = [], graceMs = 10_000 } = options
  const client = everyday(env, DOCKER_VARIABLES)
  const stop = (name: string) =>
    shellCommand([docker, 'stop', '--time', String(Math.ceil(graceMs / 1000)), name])
  return localRunner(
    {
      kind: 'docker',
      async plan(spec) {
        const secrets = secretsOf(spec, env)
        return Promise.resolve({
          command: shellCommand([docker, ...runArguments(spec, inherit, options.runArguments ?? [])]),
          env: { ...everyday(env, inherit), ...client, ...secrets },
          stop: stop(spec.name),
        })
      },
      stop: (name) => ({ command: stop(name), env: client }),
      async found(name) {
        const hash = await inspect(docker, name, client)
        if (hash === undefined) return undefined
        return { hash, launch: { command: following(docker, name), env: client, stop: stop(name) } }
      },
    },
    options,
  )
}

function runArguments(spec: JobSpec, inherit: readonly string[], more: readonly string[]): string[] {
  const { name, app, command, image, environment = {}, secrets = {} } = spec
  if (image === undefined) {
    throw new JobRunnerError('bad-spec', 'The job has no image, and a container needs one.', {
      fault: 'input',
      where: 'image',
      hint: 'Name it: REGISTRY/APP@sha256:…',
    })
  }
  return [
    ...['run', '--rm', '--init', '--name', name],
    ...['--label', `airq.app=${app}`, '--label', `${SPEC_LABEL}=${specHash(spec)}`],
    ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    // By name alone: the value is taken from the environment of this very command.
    ...[...inherit, ...Object.keys(secrets)].flatMap((key) => ['--env', key]),
    ...more,
    // An image's own entry point plays no part, as on Azure. exec: a shell in between would keep the signals to itself.
    ...['--entrypoint', '/bin/sh', image, '-c', `exec ${shellCommand(command)}`],
  ]
}

/** Takes the place of `docker run` where the container is there already: its output, then its exit code. */
function following(docker: string, name: string): string {
  const [wait, logs] = [['wait'], ['logs', '--follow']].map((call) => shellCommand([docker, ...call, name]))
  return `${String(logs)} & code=$(${String(wait)}); wait; exit "\${code:-125}"`
}
