export { axiosTransport } from './axios-transport.ts'
export { createHttpClient } from './client.ts'
export { HttpError, type HttpErrorCode, type HttpErrorDetails, type SystemCause } from './errors.ts'
export { redactedUrl, redactor } from './redaction.ts'
export { jitteredBackoff, parseRetryAfter } from './retry-timing.ts'
export { isLoopback, maySendSecret } from './secret-hosts.ts'
export { expectOk, isRetryableStatus, statusJudge } from './status.ts'
export { systemClock } from './system-clock.ts'
export type {
  CallOptions,
  Clock,
  HttpClient,
  HttpClientOptions,
  HttpRequest,
  HttpResponse,
  Judge,
  Method,
  RetryPolicy,
  Secret,
  Transport,
  TransportRequest,
} from './types.ts'
