/** `@airq/model/node`: backtest and search on the worker threads of Node. */

export {
  type BacktestJob,
  backtestInParallel,
  startWorkers,
  type WorkerOptions,
  type Workers,
} from './workers.ts'
