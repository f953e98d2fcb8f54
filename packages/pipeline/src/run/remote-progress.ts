import type { HopsworksProgress } from '@airq/feature-store/hopsworks'
import type { CometProgress } from '@airq/model-registry/comet'
import type { Logger } from '../types.ts'

/** While something is waited for, a line at each change and then every half minute; the others at `debug`. */
const LINE_EVERY_MS = 30_000

/** Jobs of Spark take minutes: their course goes to the log. */
export function logHopsworks(logger: Logger): (event: HopsworksProgress) => void {
  const told = new Map<string, { readonly said: string; readonly elapsedMs: number }>()
  return ({ step, message, group, elapsedMs }) => {
    const fields = {
      ...(group === undefined ? {} : { group }),
      ...(elapsedMs === undefined ? {} : { seconds: Math.round(elapsedMs / 1000) }),
    }
    const line = `hopsworks: ${message}`
    if (elapsedMs === undefined) {
      logger.info(line, fields)
      return
    }
    const about = `${step} ${group ?? ''}`
    const last = told.get(about)
    const isNews =
      last?.said !== message || elapsedMs < last.elapsedMs || elapsedMs - last.elapsedMs >= LINE_EVERY_MS
    if (isNews) told.set(about, { said: message, elapsedMs })
    logger[isNews ? 'info' : 'debug'](line, fields)
  }
}

export function logComet(logger: Logger): (event: CometProgress) => void {
  return ({ step, message }) => {
    logger[step === 'upload' || step === 'waiting' ? 'debug' : 'info'](`comet: ${step} ${message}`)
  }
}
