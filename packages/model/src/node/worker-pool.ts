import { availableParallelism } from 'node:os'
import type { TrainingMatrix } from '../matrix.ts'
import { SharedMatrices } from './shared-matrix.ts'
import type { Task, TaskResult } from './tasks.ts'
import { WorkerThread } from './worker-thread.ts'

export interface Work {
  readonly matrix: TrainingMatrix
  /** Asked whenever a thread is free; `null`: nothing more is to be done. */
  readonly next: () => Task | null
  /** Its thread begins no other task of this work before it has ended. */
  readonly done: (task: Task, result: TaskResult) => void | Promise<void>
  readonly signal?: AbortSignal | undefined
}

/** Threads that do tasks on matrices: begun when there is something to do, replaced when one has died. */
export class WorkerPool {
  readonly threads: number
  readonly #alive = new Set<WorkerThread>()
  readonly #idle: WorkerThread[] = []
  readonly #waiting: ((thread: WorkerThread) => void)[] = []
  readonly #shared = new SharedMatrices()

  constructor(threads: number = availableParallelism()) {
    this.threads = Math.max(1, Math.floor(threads))
  }

  /**
   * Does work until there is no more, on all threads; several at once take turns.
   * @throws the error of the first task that failed, after those that had begun; the reason of the signal, at once
   */
  async run({ matrix, next, done, signal }: Work): Promise<void> {
    const shared = this.#shared.share(matrix)
    const failures: unknown[] = []
    const hasFailed = () => failures.length > 0
    const lane = async () => {
      while (!hasFailed()) {
        const thread = await this.#acquire()
        let finished: readonly [Task, TaskResult]
        try {
          const task = hasFailed() ? null : next()
          if (task === null) return
          finished = [task, await thread.run(shared, task, signal)]
        } finally {
          this.#release(thread)
        }
        await done(...finished)
      }
    }
    const lanes = Array.from({ length: this.threads }, () =>
      lane().catch((error: unknown) => {
        failures.push(error)
      }),
    )
    await Promise.all(lanes)
    if (hasFailed()) throw failures[0]
  }

  /** The threads let go of a matrix. */
  forget(matrix: TrainingMatrix): void {
    const key = this.#shared.forget(matrix)
    if (key === undefined) return
    for (const thread of this.#alive) thread.forget(key)
  }

  async close(): Promise<void> {
    const threads = [...this.#alive]
    this.#alive.clear()
    this.#idle.length = 0
    await Promise.all(threads.map((thread) => thread.end()))
  }

  async #acquire(): Promise<WorkerThread> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (!idle.isDead) return idle
      this.#alive.delete(idle)
    }
    if (this.#alive.size < this.threads) return this.#begin()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  #release(thread: WorkerThread): void {
    const taker = this.#waiting.shift()
    if (thread.isDead) {
      this.#alive.delete(thread)
      taker?.(this.#begin())
    } else if (taker === undefined) this.#idle.push(thread)
    else taker(thread)
  }

  #begin(): WorkerThread {
    const thread = new WorkerThread()
    this.#alive.add(thread)
    return thread
  }
}
