import { z } from 'zod'

import { canonicalJson } from '../canonical-json.ts'
import { damaged } from '../errors.ts'
import type { PackageTexts } from '../package-content.ts'
import type { Retirement } from '../types.ts'

/** Servers before MLflow 3 take no longer values. */
const valueLimit = 5000

/** Tags of a version by which it is found. */
export const versionTags = {
  version: 'semver',
  contentSha256: 'content_sha256',
  createdAt: 'airq_created_at',
} as const

/** What a version is described by, so that a list needs no files: canonical JSON. */
export const factTags = { metrics: 'airq_metrics', params: 'airq_params', lineage: 'airq_lineage' } as const

export const retiredTag = 'airq_retired'

/** Tags of the run that made a version. */
export const runTags = {
  /** Of everything that is published: a publish that broke off is found by it and completed. */
  publish: 'airq_publish',
  createdAt: 'airq_created_at',
} as const

export interface Tag {
  readonly key: string
  readonly value: string
}

/** The facts as tags; none where one of them is too long. */
export function factTagsOf(texts: PackageTexts): Tag[] {
  const tags = (['metrics', 'params', 'lineage'] as const).map((part) => ({
    key: factTags[part],
    value: texts[part],
  }))
  return tags.every(({ value }) => value.length <= valueLimit) ? tags : []
}

const retirementSchema = z.object({ at: z.string(), by: z.string().nullable(), reason: z.string() })

export function retirementText({ at, by, reason }: Retirement): string {
  return canonicalJson({ at, by, reason })
}

/** @throws ModelRegistryError `package-damaged` */
export function parseRetirement(text: string, where: string): Retirement {
  return parsedTag(text, retirementSchema, `${where} ${retiredTag}`)
}

/** @throws ModelRegistryError `package-damaged` */
export function parsedTag<T>(text: string, schema: z.ZodType<T>, where: string): T {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw damaged(where, 'the tag is not JSON')
  }
  const result = schema.safeParse(json)
  if (result.success) return result.data
  throw damaged(where, 'the tag lacks what it should hold')
}
