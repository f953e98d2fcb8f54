/** Where the `run-…` commands run pipelines: the keys of each kind. */

import { z } from 'zod'

const APP = '{app}'
const name = (most: number) => z.string().trim().min(1).max(most)
/** One for each app: `{app}` stands for its name. */
const ofEachApp = name(300).refine((text) => text.split(APP).length <= 2, `must hold ${APP} once at most`)

export const jobsSchemas = {
  process: z.strictObject({ kind: z.literal('process') }),
  docker: z.strictObject({
    kind: z.literal('docker'),
    /** `ghcr.io/me/{app}:latest` */
    image: ofEachApp,
    /** Whose files the containers write: `1000:1000`. */
    user: z
      .string()
      .regex(/^\d{1,10}(:\d{1,10})?$/)
      .exactOptional(),
  }),
  'azure-ml': z.strictObject({
    kind: z.literal('azure-ml'),
    resourceGroup: name(90),
    workspace: name(33),
    /** Of the workspace. Default: serverless. */
    compute: name(32).exactOptional(),
    /** Of serverless compute. */
    instanceType: name(60).exactOptional(),
    /** `NAME:VERSION`, `NAME@latest` or an ARM id. */
    environment: ofEachApp.default(`${APP}@latest`),
    /** Client id of the managed identity jobs have. Default: the compute's own. */
    identity: z.guid().exactOptional(),
    /** Where `@kv:` secrets lie: `https://NAME.vault.azure.net`. */
    keyVaultUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
    /** Between the first two looks at a job, ms; later ones are up to six times as far apart. */
    pollIntervalMs: z.int().min(1).max(600_000).default(5_000),
    /** Of the resource manager. Default: the public cloud's. */
    endpoint: z.url({ protocol: /^https?$/ }).exactOptional(),
  }),
}

/** @param pattern of the configuration, with or without `{app}` */
export function forApp(pattern: string, app: string): string {
  return pattern.replace(APP, app)
}
