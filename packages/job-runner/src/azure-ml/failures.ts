import type { RestError } from '@azure/core-rest-pipeline'

import { JobRunnerError, type JobRunnerErrorCode } from '../errors.ts'
import { told } from './told.ts'

/** What the SDK threw, told to the user; `asked` says what for. The raw error holds the request, and is dropped. */
export function failureOf(error: unknown, asked: string): JobRunnerError {
  const own = ownErrorIn(error)
  if (own !== undefined) return own
  if (isRestError(error)) return restFailure(error, asked)
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof Error && error.name === 'AbortError') {
    return new JobRunnerError('aborted', `${asked}: the call was aborted.`, {
      retryable: true,
      hint: 'Submit it again under the same --job-name: a job that is there is found.',
      where: asked,
    })
  }
  // Long-running operations that fail are told in plain errors, and so are values that the SDK can't write down.
  return new JobRunnerError('refused', `${asked} failed: ${told(message)}`, {
    hint: 'Correct what Azure names, or look at the workspace in Azure ML Studio; --check tries the rights.',
    where: asked,
  })
}

/** By shape: so that nothing of the SDK has to be loaded. */
export function isRestError(error: unknown): error is RestError {
  return error instanceof Error && error.name === 'RestError'
}

function ownErrorIn(error: unknown): JobRunnerError | undefined {
  if (JobRunnerError.isInstance(error)) return error
  return error instanceof Error && JobRunnerError.isInstance(error.cause) ? error.cause : undefined
}

function restFailure(error: RestError, asked: string): JobRunnerError {
  const { statusCode, code = '', message } = error
  const request = error.response?.headers.get('x-ms-request-id')
  const said = `${told(message)}${code === '' ? '' : ` (${code})`}`
  const fail = (kind: JobRunnerErrorCode, hint?: string, retryable = false) =>
    new JobRunnerError(kind, `${asked} failed: ${said}`, {
      retryable,
      hint,
      where: request === undefined ? asked : `${asked}, request ${request}`,
    })
  if (statusCode === undefined) {
    const tls = /CERT|TLS|SSL/.test(code)
    const why = tls
      ? 'The certificate of the server is not trusted.'
      : 'Check the network, the proxy and the address.'
    return fail('unavailable', why, !tls)
  }
  if (/quota|CoresLimit|exceeding approved/i.test(`${code} ${message}`)) {
    return fail(
      'quota',
      'Ask for more (Azure ML Studio, Quota), take a smaller instance type or another region, or wait until jobs end.',
    )
  }
  if (statusCode === 401) return fail('unauthorized', 'The token was refused: check tenant and subscription.')
  if (statusCode === 403) {
    return fail('forbidden', 'Give the submitter the role AzureML Data Scientist on the workspace.')
  }
  if (statusCode === 404) return fail('not-found', notFoundHint(code))
  if (statusCode === 429) return fail('rate-limited', 'Submit again later: the job keeps its name.', true)
  if (statusCode >= 500 || statusCode === 408) {
    return fail('unavailable', 'Submit again later: the job keeps its name.', true)
  }
  if (statusCode < 400) return fail('bad-answer', 'The server is no Azure Resource Manager.')
  return fail('refused')
}

function notFoundHint(code: string): string {
  if (code === 'SubscriptionNotFound')
    return 'Correct AZURE_SUBSCRIPTION_ID, or give the submitter access to it.'
  if (code === 'ResourceGroupNotFound') return 'Correct jobs.resourceGroup.'
  if (code === 'ResourceNotFound') return 'Correct jobs.workspace.'
  return 'Correct its name, or create it.'
}

/** Of a 404: whether something around the thing asked for is missing. */
export function isSurroundingMissing({ code }: RestError): boolean {
  return ['SubscriptionNotFound', 'ResourceGroupNotFound', 'ResourceNotFound'].includes(code ?? '')
}
