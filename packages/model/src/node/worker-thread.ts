import { Worker } from 'node:worker_threads'
import { ModelError } from '../errors.ts'
import { errorOf, type Reply, type Request } from './messages.ts'
import type { SharedMatrix } from './shared-matrix.ts'
import type { Task, TaskResult } from './tasks.ts'

/** The file a thread runs: beside this one, in the sources as in the built package and in an app it is bundled into. */
const FILE = new URL(
  import.meta.url.endsWith('.ts') ? './model-worker.ts' : './model-worker.js',
  import.meta.url,
)

/** One thread, which does one task at a time. */
export class WorkerThread {
  readonly #worker: Worker
  readonly #matrices = new Set<number>()
  readonly #pools = new Set<number>()
  #pending: PromiseWithResolvers<TaskResult> | undefined
  #isDead = false

  constructor() {
    // No flags of the process: some, such as `--input-type`, are none for a thread.
    this.#worker = new Worker(FILE, { execArgv: [] })
    this.#worker.on('message', (reply: Reply) => {
      if (reply.ok) this.#pending?.resolve(reply.result)
      else this.#pending?.reject(errorOf(reply.error))
    })
    this.#worker.on('error', (cause) => {
      this.#die(`a worker thread failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
    })
    this.#worker.on('exit', (code) => {
      this.#die(`a worker thread ended before its task (exit code ${String(code)})`)
    })
    this.#worker.unref()
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** @throws the error of the task; the reason of the signal, which ends the thread; ModelError `worker-failed` */
  async run(matrix: SharedMatrix, task: Task, signal?: AbortSignal): Promise<TaskResult> {
    signal?.throwIfAborted()
    const pending = Promise.withResolvers<TaskResult>()
    this.#pending = pending
    const onAbort = () => {
      pending.reject(signal?.reason)
      void this.end()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    // A thread that waits must not keep the process alive; one that works must.
    this.#worker.ref()
    try {
      this.#send(matrix)
      this.#post({ kind: 'task', matrix: matrix.key, task })
      return await pending.promise
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#pending = undefined
      this.#worker.unref()
    }
  }

  forget(key: number): void {
    if (this.#matrices.delete(key)) this.#post({ kind: 'forget', matrix: key })
  }

  async end(): Promise<void> {
    this.#isDead = true
    await this.#worker.terminate()
  }

  /** A matrix and its pool, unless they were sent before. */
  #send({ key, data, pool }: SharedMatrix): void {
    if (pool !== null && !this.#pools.has(pool.key)) {
      this.#post({ kind: 'pool', pool: pool.key, series: pool.series })
      this.#pools.add(pool.key)
    }
    if (this.#matrices.has(key)) return
    const named = pool === null ? null : { key: pool.key, knownAt: pool.knownAt }
    this.#post({ kind: 'matrix', matrix: key, data, pool: named })
    this.#matrices.add(key)
  }

  #post(request: Request): void {
    this.#worker.postMessage(request)
  }

  #die(message: string, cause?: unknown): void {
    this.#isDead = true
    this.#pending?.reject(
      new ModelError('worker-failed', message, {
        retryable: true,
        cause,
        hint: 'Run it again, with fewer threads where memory is short.',
      }),
    )
  }
}
