import { HttpError } from '@airq/http'

import { JobRunnerError } from '../errors.ts'
import type { Environment } from '../local/local-runner.ts'
import { told } from './told.ts'

/** What Entra's codes mean for who reads them. */
const HINTS: Readonly<Record<string, string>> = {
  AADSTS700213:
    'The application has no federated credential for this subject: compare the one in the message, letter by letter.',
  AADSTS70021: 'The application has no federated credential for this subject, issuer and audience.',
  AADSTS700024: "GitHub's token had expired; a new one is taken at the next try. Check the clocks.",
  AADSTS700016: 'AZURE_CLIENT_ID is unknown to this tenant.',
  AADSTS90002: 'AZURE_TENANT_ID names no tenant.',
  AADSTS7000215: 'AZURE_CLIENT_SECRET is wrong: it takes the value of the secret, not its id.',
  AADSTS7000222: 'AZURE_CLIENT_SECRET has expired.',
}

/**
 * What a credential threw, told to the user.
 * @param exchanged whether Entra itself was asked, so that all but its own verdicts is a fault of the way there
 * @param beneath why GitHub's token could not be had, where that was it
 */
export function authenticationFailure(
  error: unknown,
  exchanged: boolean,
  beneath: Error | undefined,
  env: Environment,
): JobRunnerError | Error {
  if (error instanceof Error && error.name === 'AbortError') return error
  if (beneath !== undefined) return githubFailure(beneath)
  const message = error instanceof Error ? error.message : String(error)
  const code = /AADSTS\d+/.exec(message)?.[0]
  if (code === undefined && exchanged) {
    const status = /Http status code: (\d+)/.exec(message)?.[1]
    const why = status === undefined ? told(message) || 'it says nothing' : `status ${status}`
    return new JobRunnerError('unavailable', `Entra gives no token (${why}).`, {
      retryable: true,
      where: 'AZURE_AUTHORITY_HOST',
      hint: 'Try again later; check the network, the proxy, and that its certificate is trusted.',
    })
  }
  const inWorkflow = env['GITHUB_ACTIONS'] === 'true' && (env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '') === ''
  const hint = inWorkflow
    ? 'In a workflow of GitHub, give the job `permissions: id-token: write`.'
    : code === undefined
      ? 'Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.'
      : HINTS[code]
  return new JobRunnerError('unauthorized', `Azure's sign-in failed: ${told(message)}`, {
    retryable: code === 'AADSTS700024',
    where: code,
    hint,
  })
}

function githubFailure(error: Error): JobRunnerError {
  const retryable = HttpError.isInstance(error) && error.retryable
  return new JobRunnerError(
    retryable ? 'unavailable' : 'unauthorized',
    `GitHub gave no identity token: ${told(error.message)}`,
    {
      retryable,
      where: 'ACTIONS_ID_TOKEN_REQUEST_URL',
      hint: 'The job of the workflow needs `permissions: id-token: write`.',
    },
  )
}
