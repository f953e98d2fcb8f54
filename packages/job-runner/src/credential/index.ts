import type { TokenCredential } from '@azure/identity'

import { credentialFor } from '../azure-ml/credential.ts'
import type { Environment } from '../local/local-runner.ts'

/** `@airq/job-runner/credential`: who signs in at Azure, without the client of Azure ML. */

/**
 * As `credentialFor`, with tenant and client of AZURE_TENANT_ID and AZURE_CLIENT_ID.
 * @throws JobRunnerError `bad-settings`, `untrusted-host`; `getToken` `unauthorized`, `unavailable`
 */
export async function credentialOf(env: Environment): Promise<TokenCredential> {
  const [tenantId, clientId] = [env['AZURE_TENANT_ID'], env['AZURE_CLIENT_ID']]
  return credentialFor(env, {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(clientId === undefined ? {} : { clientId }),
  })
}
