import { UserError } from '@airq/pipeline'
import { parseConfig } from '@airq/pipeline/config'

/** A station without fault. */
export const STATION = '{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }'

/** `line:column message` of each problem. */
export function problemsIn(text: string): readonly string[] {
  return problemsOf(userErrorOf(() => parseConfig(text, 'c.yaml'))).map(({ where, message }) =>
    `${where} ${message}`.replace('c.yaml:', ''),
  )
}

export function userErrorOf(run: () => unknown): UserError {
  try {
    run()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was wrong with it')
}

export function problemsOf(error: UserError): readonly { where: string; message: string }[] {
  return error.details?.['problems'] as readonly { where: string; message: string }[]
}
