import type { JobState, JobStatus } from '../types.ts'

const STATUSES: Readonly<Record<string, JobStatus>> = {
  NotStarted: 'waiting',
  Starting: 'waiting',
  Provisioning: 'waiting',
  Preparing: 'waiting',
  Queued: 'waiting',
  Scheduled: 'waiting',
  CancelRequested: 'cancelling',
  Completed: 'succeeded',
  Failed: 'failed',
  Canceled: 'cancelled',
}

/** Azure adds statuses from time to time: one that is not known is still under way. */
export function stateFrom(status: string | undefined): JobState {
  return { status: STATUSES[status ?? ''] ?? 'running', detail: status ?? 'Unknown' }
}
