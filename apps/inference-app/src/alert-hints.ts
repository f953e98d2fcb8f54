import { ALL_STATIONS, remoteHints } from '@airq/feature-groups'
import { keySpan, type RunContext } from '@airq/pipeline'
import { lastRunKey, recordHints } from '@airq/pipeline/jobs'
import { CAUSES } from '@airq/watch'

/** Beside what every run tells of its keys and texts: those of alerts, and of the last good runs of pipelines. */
export function alertHints(context: RunContext, pipelines: readonly string[] = []) {
  const hints = remoteHints(keySpan(context))
  const runs = recordHints(pipelines.map(lastRunKey))
  return {
    keyDomains: {
      ...hints.keyDomains,
      ...runs.keyDomains,
      station: [...context.allStations.map(({ id }) => id), ALL_STATIONS],
      cause: CAUSES,
    },
    textLengths: { ...hints.textLengths, ...runs.textLengths, message: 2000, hint: 500 },
  }
}
