import { parentPort } from 'node:worker_threads'
import type { SeriesPool, TrainingMatrix } from '../matrix.ts'
import { factsOf, type Reply, type Request } from './messages.ts'
import { MatrixWork } from './tasks.ts'

/** What runs in each thread: does one task after the other. */
const work = new Map<number, MatrixWork>()
const pools = new Map<number, SeriesPool['series']>()

parentPort?.on('message', (request: Request) => {
  if (request.kind === 'pool') pools.set(request.pool, request.series)
  else if (request.kind === 'matrix') work.set(request.matrix, new MatrixWork(matrixOf(request)))
  else if (request.kind === 'forget') work.delete(request.matrix)
  else parentPort?.postMessage(replyTo(request))
})

/** Matrices of one pool hold the same array of series: what is fitted on it serves all of them. */
function matrixOf({ data, pool }: Extract<Request, { kind: 'matrix' }>): TrainingMatrix {
  const series = pool === null ? undefined : pools.get(pool.key)
  return pool === null || series === undefined ? data : { ...data, pool: { series, knownAt: pool.knownAt } }
}

function replyTo({ matrix, task }: Extract<Request, { kind: 'task' }>): Reply {
  try {
    const result = work.get(matrix)?.run(task)
    if (result === undefined) throw new Error(`there is no matrix ${String(matrix)} in this thread`)
    return { ok: true, result }
  } catch (error) {
    return { ok: false, error: factsOf(error) }
  }
}
