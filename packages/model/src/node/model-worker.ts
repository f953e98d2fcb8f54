import { parentPort } from 'node:worker_threads'
import { factsOf, type Reply, type Request } from './messages.ts'
import { MatrixWork } from './tasks.ts'

/** What runs in each thread: does one task after the other. */
const work = new Map<number, MatrixWork>()

parentPort?.on('message', (request: Request) => {
  if (request.kind === 'matrix') work.set(request.matrix, new MatrixWork(request.data))
  else if (request.kind === 'forget') work.delete(request.matrix)
  else parentPort?.postMessage(replyTo(request))
})

function replyTo({ matrix, task }: Extract<Request, { kind: 'task' }>): Reply {
  try {
    const result = work.get(matrix)?.run(task)
    if (result === undefined) throw new Error(`there is no matrix ${String(matrix)} in this thread`)
    return { ok: true, result }
  } catch (error) {
    return { ok: false, error: factsOf(error) }
  }
}
