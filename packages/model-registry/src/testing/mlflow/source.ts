import { invalid } from './refusal.ts'
import { fullyDecoded } from './rules.ts'
import type { State } from './state.ts'

/**
 * Where a version's files are said to be. A path of the server's own disk is refused, and so is a place behind the
 * proxy that is not the run's. That there are files is not asked.
 * @throws Refusal
 */
export function checkSource(state: State, source: string, runId: string): void {
  const plain = fullyDecoded(source)
  if (plain.includes('\0') || plain.split('/').includes('..')) {
    throw invalid(
      `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
    )
  }
  const scheme = /^([a-z0-9+.-]+):/.exec(plain)?.[1]
  if (scheme === undefined || scheme === 'file') {
    throw invalid(
      `Invalid model version source: '${source}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.`,
    )
  }
  if (scheme !== 'mlflow-artifacts') return
  const root = state.runs.get(runId)?.artifactUri
  if (root !== undefined && (plain === root || plain.startsWith(`${root}/`))) return
  throw invalid(
    `Invalid model version source: '${source}'. The run_id request parameter must identify the resource that contains the source.`,
  )
}
