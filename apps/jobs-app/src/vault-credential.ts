import type { VaultCredential } from '@airq/pipeline'

/** A workflow of GitHub's reads the vault, for the records of its jobs, as whom it submits them. */
export async function vaultCredential(
  env: Readonly<Record<string, string | undefined>>,
): Promise<VaultCredential> {
  return (await import('@airq/job-runner/credential')).credentialOf(env)
}
