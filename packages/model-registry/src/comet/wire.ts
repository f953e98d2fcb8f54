import { z } from 'zod'

/** What is read of the answers of Comet; the rest of each is left alone. */

const texts = z.array(z.string()).nullish()

export const createdSchema = z.looseObject({ experimentKey: z.string().min(1) })

export const experimentModelsSchema = z.looseObject({
  models: z
    .array(
      z.looseObject({
        experimentModelId: z.string(),
        // The documentation names it one way, Comet's own client another.
        modelName: z.string().nullish(),
        experimentModelName: z.string().nullish(),
      }),
    )
    .nullish(),
})

export const assetsSchema = z.looseObject({
  assets: z.array(z.looseObject({ fileName: z.string(), fileSize: z.number() })).nullish(),
})

export const valuesSchema = z.looseObject({
  values: z
    .array(z.looseObject({ name: z.string(), valueCurrent: z.union([z.string(), z.number()]).nullish() }))
    .nullish(),
})

export const metricSchema = z.looseObject({
  metrics: z.array(z.looseObject({ step: z.number().nullish() })).nullish(),
})

export const modelsSchema = z.looseObject({
  registryModels: z
    .array(z.looseObject({ modelName: z.string(), numberOfVersions: z.number().nullish() }))
    .nullish(),
})

const versionSchema = z.looseObject({
  registryModelItemId: z.string(),
  version: z.string(),
  comment: z.string().nullish(),
  stages: texts,
  createdAt: z.number().nullish(),
  lastUpdated: z.number().nullish(),
  experimentModel: z.looseObject({ experimentKey: z.string() }),
})

export const detailsSchema = z.looseObject({ versions: z.array(versionSchema).nullish() })

export const registeredSchema = z.looseObject({ registryModelItemId: z.string() })
