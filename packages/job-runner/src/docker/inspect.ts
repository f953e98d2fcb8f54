import { execFile } from 'node:child_process'

import { JobRunnerError } from '../errors.ts'

/** On every container of ours: the hash of the job that it is. */
export const SPEC_LABEL = 'airq.spec'

/**
 * The hash of the job that a container of this name is, or undefined where there is no such container.
 * @throws JobRunnerError `cannot-start` where docker does not answer; `job-conflict` where it is none of ours
 */
export async function inspect(
  docker: string,
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const format = `{{index .Config.Labels "${SPEC_LABEL}"}}`
  const argv = ['container', 'inspect', '--format', format, name]
  const { code, stdout, stderr } = await answerOf(docker, argv, env)
  if (code === 0 && /^[0-9a-f]{64}$/.test(stdout.trim())) return stdout.trim()
  if (code === 0) {
    throw new JobRunnerError('job-conflict', `There is a container ${name}, and it is no job of airq.`, {
      fault: 'input',
      where: name,
      hint: 'Submit under another name.',
    })
  }
  if (/no such container/i.test(stderr)) return undefined
  const why = code === 'ENOENT' ? 'the command is not there' : (stderr.trim().split('\n')[0] ?? '')
  throw new JobRunnerError('cannot-start', `docker can't be used: ${why.slice(0, 300)}`, {
    where: docker,
    hint: 'Install Docker, start its engine, or run the job as a process.',
  })
}

interface Answer {
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

function answerOf(
  command: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(command, argv, { env, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? 'killed'), stdout, stderr })
    })
  })
}
