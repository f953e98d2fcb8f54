/** Where features and models are kept: the keys of each kind. Addresses and names alone, never a secret. */

import { z } from 'zod'

const port = z.int().min(1).max(65_535)
const name = (most: number) => z.string().trim().min(1).max(most)
/** Checked whole by the adapter; here what no address has. */
const address = z.url({ protocol: /^https?$/ })

export const featureStoreSchemas = {
  sqlite: z.strictObject({ kind: z.literal('sqlite') }),
  hopsworks: z.strictObject({
    kind: z.literal('hopsworks'),
    /** Of the project, as in the browser: `eu-west.cloud.hopsworks.ai`. Or `HOPSWORKS_HOST`. */
    host: name(253).exactOptional(),
    port: port.exactOptional(),
    /** Instead of host and port. */
    baseUrl: address.exactOptional(),
    /** Its name. Or `--fs-project-name`. */
    project: name(88).exactOptional(),
    read: z.enum(['auto', 'online', 'export']).default('auto'),
    onlineHost: name(253).exactOptional(),
    onlinePort: port.exactOptional(),
    pollIntervalMs: z.int().min(1).max(600_000).exactOptional(),
    jobTimeoutMs: z.int().min(1).max(86_400_000).exactOptional(),
    timeTravelFormat: z.enum(['HUDI', 'DELTA', 'NONE']).exactOptional(),
    groupType: z.enum(['cached', 'stream']).exactOptional(),
  }),
}

export const modelRegistrySchemas = {
  local: z.strictObject({ kind: z.literal('local') }),
  comet: z.strictObject({
    kind: z.literal('comet'),
    /** Or `--comet-workspace`. */
    workspace: name(100).exactOptional(),
    /** Or `--comet-project-name`. */
    project: name(100).exactOptional(),
    baseUrl: address.exactOptional(),
  }),
  mlflow: z.strictObject({
    kind: z.literal('mlflow'),
    /** Of the tracking server. Or `MLFLOW_TRACKING_URI`. */
    trackingUri: address.exactOptional(),
    experiment: name(500).exactOptional(),
  }),
}
