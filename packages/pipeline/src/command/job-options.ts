import { InvalidArgumentError } from 'commander'
import { checkedNumber, checkedTime, type OptionRow, timeOf } from './option-row.ts'

/** Options of the commands that submit jobs. */

const JOB_APPS = ['feature-app', 'training-app', 'inference-app'] as const
export type JobApp = (typeof JOB_APPS)[number]

const TRAIN = ['due', 'always', 'never'] as const

export interface JobOptions {
  /** False: submitted, and left to itself. */
  readonly wait: boolean
  /** `undefined`: one job for all stations. */
  readonly shards: number | undefined
  /** `undefined`: made of pipeline, minute and commit. */
  readonly jobName: string | undefined
  /** Milliseconds; `undefined`: as the pipeline usually needs. */
  readonly timeout: number | undefined
  readonly allowInsecureArgv: boolean
  readonly train: (typeof TRAIN)[number]
  readonly app: JobApp | undefined
  /** With its digest. */
  readonly image: string | undefined
}

export const JOB_OPTIONS: Readonly<Record<keyof JobOptions, OptionRow>> = {
  wait: { flags: '--no-wait', description: 'submit and leave: tells the name of the job, not how it ended' },
  shards: {
    flags: '--shards <n>',
    description: 'n jobs, a part of the stations each; again under the same --job-name: only what failed',
    parse: (text) => checkedNumber(text, 1, 100),
  },
  jobName: {
    flags: '--job-name <name>',
    description:
      'of one name there is one job, ever: the same again finds it (default: pipeline, minute, commit)',
    parse: checkedJobName,
  },
  timeout: {
    flags: '--timeout <time>',
    description: 'stop the job after so long, e.g. 30m or 2h',
    parse: checkedTime,
  },
  allowInsecureArgv: {
    flags: '--allow-insecure-argv',
    description: 'let a literal secret stand in the command of a remote job, for all to see',
  },
  train: {
    flags: '--train <when>',
    description: 'whether to train: due (by training.everyDays), always or never',
    choices: TRAIN,
    default: 'due',
  },
  app: { flags: '--app <name>', description: 'whose image it is', choices: JOB_APPS },
  image: {
    flags: '--image <reference>',
    description: 'image with its digest: REGISTRY/APP@sha256:…',
  },
}

export function jobOptions(values: Readonly<Record<string, unknown>>): JobOptions {
  const text = (name: keyof JobOptions): string | undefined => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  const shards = text('shards')
  return {
    wait: values['wait'] !== false,
    shards: shards === undefined ? undefined : Number(shards),
    jobName: text('jobName'),
    timeout: timeOf(text('timeout') ?? '') ?? undefined,
    allowInsecureArgv: values['allowInsecureArgv'] === true,
    train: TRAIN.find((when) => when === values['train']) ?? 'due',
    app: JOB_APPS.find((app) => app === values['app']),
    image: text('image'),
  }
}

/** Shorter than what runners take: parts and attempts are appended. */
function checkedJobName(text: string): string {
  if (/^[A-Za-z0-9][\w-]{0,199}$/.test(text)) return text
  throw new InvalidArgumentError('It takes letters, digits, - and _, at most 200, a letter or digit first.')
}
