import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { JobRunnerError } from '../errors.ts'

/** What is kept of a local job: `job.json`, `pid`, `stdout`, `stderr`, `exit`, and marks. All for its owner alone. */
export interface StateFolder {
  readonly path: string
  readonly stdout: string
  readonly stderr: string
  /** The hash of the job it belongs to, or undefined. */
  hash(): Promise<string | undefined>
  /** Makes it the folder of this job, unless it is another's. Gives the hash of the one it belongs to. */
  claim(hash: string): Promise<string>
  /** Of the supervisor, which leads the job's process group: its number, and what tells it from a later process. */
  supervisor(): Promise<Supervisor | undefined>
  exitCode(): Promise<number | undefined>
  has(mark: Mark): Promise<boolean>
  set(mark: Mark): Promise<void>
}

type Mark = 'cancelled' | 'timed-out'

export interface Supervisor {
  readonly pid: number
  /** In ticks after the machine's start, where the system tells. */
  readonly startedAt: string | undefined
}

/** @param root the folder of all jobs */
export function stateFolder(root: string, name: string): StateFolder {
  const path = join(resolve(root), name)
  const at = (file: string) => join(path, file)
  return {
    path,
    stdout: at('stdout'),
    stderr: at('stderr'),
    hash: async () => hashIn(await textOf(at('job.json'))),
    claim: (hash) => claim(path, hash),
    async supervisor() {
      const text = await textOf(at('pid'))
      if (text === undefined) return undefined
      const [pid = '', ...stat] = text.split('\n')
      return { pid: Number(pid), startedAt: startTicks(stat.join('\n')) }
    },
    async exitCode() {
      const text = await textOf(at('exit'))
      return text === undefined ? undefined : Number(text.trim())
    },
    has: async (mark) => (await textOf(at(mark))) !== undefined,
    set: (mark) => writeFile(at(mark), '', { mode: 0o600 }).catch(unusable(path)),
  }
}

async function claim(path: string, hash: string): Promise<string> {
  const mine = join(path, `job.json.${String(process.pid)}.${String(performance.now())}`)
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await writeFile(mine, JSON.stringify({ hash }), { mode: 0o600 })
    // A link is made whole or not at all, and never over another's.
    await link(mine, join(path, 'job.json')).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
    await rm(mine, { force: true })
  } catch (error) {
    return unusable(path)(error)
  }
  return hashIn(await textOf(join(path, 'job.json'))) ?? unusable(path)('job.json is damaged')
}

function hashIn(text: string | undefined): string | undefined {
  return /"hash":"([0-9a-f]{64})"/.exec(text ?? '')?.[1]
}

/** Field 22 of /proc/PID/stat; the second one, in parentheses, may hold anything. */
export function startTicks(stat: string): string | undefined {
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')[19]
    ?.trim()
}

/** Undefined where there is no such file. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : unusable(path)(error)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function unusable(where: string): (error: unknown) => never {
  return (error) => {
    throw new JobRunnerError('state-unusable', `The state of a job can't be kept (${codeOf(error)}).`, {
      where,
      hint: 'The folder must be writable, by you alone.',
    })
  }
}
