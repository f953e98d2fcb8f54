export { checkStation, type StationCheck } from './check-station.ts'
export { type LastRun, missedRuns } from './missed-run.ts'
export {
  type Alert,
  alertOf,
  type Notice,
  pendingNotices,
  toldRows,
  type WebhookMessage,
  webhookMessage,
} from './notices.ts'
export { isOpen, settle, settleGone, type Settlement } from './settle.ts'
export * from './types.ts'
