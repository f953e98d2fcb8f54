import type { FakeMlflow } from '../../src/testing/mlflow/index.ts'

interface Tag {
  readonly key: string
  readonly value: string
}

export interface RawVersion {
  readonly version: string
  readonly source: string
  readonly run_id: string
  readonly tags?: readonly Tag[]
}

export interface RawRun {
  readonly info: { readonly run_id: string; readonly run_name: string; readonly status: string }
  readonly data: {
    readonly tags: readonly Tag[]
    readonly params?: readonly Tag[]
    readonly metrics?: readonly { readonly key: string; readonly value: number; readonly step: number }[]
  }
}

/** What the server holds, asked past the adapter. */
export function raw({ baseUrl }: Pick<FakeMlflow, 'baseUrl'>) {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${baseUrl}/api/2.0/mlflow/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return response.json()
  }
  return {
    call,
    async versions(name: string): Promise<readonly RawVersion[]> {
      const filter = encodeURIComponent(`name = '${name}'`)
      const answer = await call('GET', `model-versions/search?filter=${filter}`)
      return (answer as { model_versions?: RawVersion[] }).model_versions ?? []
    },
    async runs(experiment: string): Promise<readonly RawRun[]> {
      const found = (await call('GET', `experiments/get-by-name?experiment_name=${experiment}`)) as {
        experiment?: { experiment_id: string }
      }
      const ids = found.experiment === undefined ? [] : [found.experiment.experiment_id]
      const answer = await call('POST', 'runs/search', { experiment_ids: ids })
      return (answer as { runs?: RawRun[] }).runs ?? []
    },
  }
}
