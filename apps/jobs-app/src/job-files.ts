import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { shellCommand } from '@airq/job-runner'
import { type RunContext, UserError } from '@airq/pipeline'
import { type PassedOptions, passedOn } from './job-command.ts'

/** A file of this machine that a job reads. */
export interface JobFile {
  /** Absolute. */
  readonly path: string
  /** As the job finds it. */
  readonly inside: string
}

/**
 * The files of `--csv` as the job finds them: a process where they are, a container mounted, under a folder named by
 * their content, so that other content is another job. A job on Azure is told literal values alone: for a file it
 * would take the workspace's storage, and rights on that; the import writes to the same feature store from anywhere.
 * @throws UserError `files-out-of-reach`, `unreadable-file`
 */
export async function jobFiles(context: RunContext, options: PassedOptions): Promise<JobFile[]> {
  const { kind } = context.config.jobs
  const given = options.csv ?? []
  if (given.length > 0 && kind === 'azure-ml') throw outOfReach(context, options)
  return Promise.all(
    given.map(async (file) => {
      const path = resolve(file)
      if (kind === 'process') return { path, inside: file }
      return { path, inside: `/input/${(await sha256(path)).slice(0, 12)}/${basename(path)}` }
    }),
  )
}

/** For `docker run`: read-only, at its place. */
export function mountArguments({ path, inside }: JobFile): string[] {
  return ['--mount', ['type=bind', `source=${path}`, `target=${inside}`, 'readonly'].map(csvCell).join(',')]
}

/** `--mount` is a line of CSV. */
function csvCell(text: string): string {
  return /[,"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UserError('unreadable-file', `${path} can't be read (${code})`, {
      where: path,
      hint: 'Give the path of a CSV downloaded from aqicn.org/historical.',
    })
  }
  return hash.digest('hex')
}

function outOfReach({ configPath }: RunContext, options: PassedOptions): UserError {
  const rest = (['csv', 'as', 'downloadZone'] as const).flatMap((name) => passedOn(name, options))
  const command = shellCommand(['batch-feature-pipeline', configPath, ...rest])
  return new UserError('files-out-of-reach', 'files of this machine are not where a job on Azure runs', {
    hint: `Import them from here, into the same feature store: ${command}`,
  })
}
