import { z } from 'zod'

/** What is read of the answers of MLflow; the rest of each is left alone. */

/** Servers leave empty lists and texts out. */
const tags = z
  .array(z.looseObject({ key: z.string(), value: z.string().default('') }))
  .default([])
  .transform((list) => new Map(list.map(({ key, value }) => [key, value])))

export const experimentSchema = z.looseObject({
  experiment: z.looseObject({
    experiment_id: z.string(),
    artifact_location: z.string().default(''),
    lifecycle_stage: z.string().default('active'),
  }),
})

const run = z.looseObject({
  info: z.looseObject({ run_id: z.string(), artifact_uri: z.string() }),
  data: z.looseObject({ tags }),
})
export type RunDto = z.infer<typeof run>
export const runSchema = z.looseObject({ run })
export const runsSchema = z.looseObject({ runs: z.array(run).default([]) })

const version = z.looseObject({
  name: z.string(),
  version: z.string().regex(/^\d{1,15}$/),
  source: z.string().default(''),
  status: z.string().default('READY'),
  status_message: z.string().default(''),
  tags,
  aliases: z.array(z.string()).default([]),
})
export type VersionDto = z.infer<typeof version>
export const versionSchema = z.looseObject({ model_version: version })
export const versionsSchema = z.looseObject({
  model_versions: z.array(version).default([]),
  next_page_token: z.string().default(''),
})

export const modelSchema = z.looseObject({
  registered_model: z.looseObject({
    tags,
    aliases: z.array(z.looseObject({ alias: z.string(), version: z.string() })).default([]),
  }),
})

/** Sizes are text where the server is old. */
export const filesSchema = z.looseObject({
  files: z
    .array(
      z.looseObject({
        path: z.string(),
        file_size: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).optional(),
      }),
    )
    .default([]),
})
