import { z } from 'zod'

/** What is read of the answers of Hopsworks; the rest of each is left alone. */

const text = z.string().nullish()

export const versionsSchema = z.array(z.looseObject({ software: z.string(), version: z.string() }))
export const variableSchema = z.looseObject({ successMessage: text })
export const projectSchema = z.looseObject({ projectId: z.int(), projectName: z.string() })
export const featureStoreSchema = z.looseObject({ featurestoreId: z.int() })
export const credentialsSchema = z.looseObject({ caChain: text })

const featureSchema = z.looseObject({
  name: z.string(),
  type: z.string(),
  description: text,
  primary: z.boolean().nullish(),
  partition: z.boolean().nullish(),
  hudiPrecombineKey: z.boolean().nullish(),
  onlineType: text,
})
export type FeatureDto = z.infer<typeof featureSchema>

export const groupSchema = z.looseObject({
  type: z.string(),
  id: z.int(),
  name: z.string(),
  version: z.int(),
  description: text,
  eventTime: text,
  onlineEnabled: z.boolean().nullish(),
  timeTravelFormat: text,
  features: z.array(featureSchema),
})
export type GroupDto = z.infer<typeof groupSchema>
export const groupsSchema = z.array(groupSchema)

export const previewSchema = z.looseObject({ items: z.array(z.unknown()).nullish() })

export const jobSchema = z.looseObject({ name: z.string() })
export const jobsSchema = z.looseObject({ items: z.array(jobSchema).nullish() })
export const ingestionSchema = z.looseObject({ dataPath: z.string(), job: jobSchema })

export const executionSchema = z.looseObject({ id: z.int(), state: z.string(), finalStatus: text })
export type ExecutionDto = z.infer<typeof executionSchema>
export const executionsSchema = z.looseObject({ items: z.array(executionSchema).nullish() })
export const logSchema = z.looseObject({ log: text })

export const inodeSchema = z.looseObject({
  attributes: z.looseObject({ name: z.string(), path: z.string(), dir: z.boolean(), size: z.number() }),
})
export const inodesSchema = z.looseObject({ items: z.array(inodeSchema).nullish() })
export const uploadSchema = z.looseObject({ successMessage: text })

export const viewSchema = z.looseObject({ name: z.string(), version: z.int() })
export const trainingSetSchema = z.looseObject({ version: z.int(), location: z.string(), name: text })

export const vectorsSchema = z.looseObject({
  features: z.array(z.array(z.unknown()).nullable()),
  metadata: z.array(z.looseObject({ featureName: z.string() })),
  status: z.array(z.string()),
})
