import { z } from 'zod'

import { canonicalJson, jsonLimits, parseJson, sha256Hex } from './canonical-json.ts'
import { ModelRegistryError } from './errors.ts'
import { checkModel } from './model-schema.ts'
import type { Json, ModelPackage } from './types.ts'

/** Bytes of one part of a package (model, schema, metrics, params or lineage) as JSON. */
export const partBytesLimit = 16 * 1024 * 1024

export type PartName = keyof ModelPackage
export type OptionalPart = 'signature' | 'description'
export type RequiredPart = Exclude<PartName, OptionalPart>
/** The parts of a package, each as canonical JSON. */
export type PackageTexts = Readonly<Record<RequiredPart, string> & Partial<Record<OptionalPart, string>>>

const factsSchema = z.object({
  metrics: z.record(z.string(), z.number()),
  params: z.record(z.string(), z.json()),
  lineage: z
    .object({
      gitCommit: z.string().nullable(),
      trainingRowsSha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal'),
      featureGroups: z.record(z.string(), z.int()),
      seed: z.number(),
    })
    .catchall(z.json()),
})

const columnSchema = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['double', 'long', 'string', 'boolean']),
  required: z.boolean().exactOptional(),
})

const signatureSchema = z.strictObject({ inputs: z.array(columnSchema), outputs: z.array(columnSchema) })

const descriptionSchema = z.strictObject({
  title: z.string().min(1).exactOptional(),
  purpose: z.string().exactOptional(),
  data: z.string().exactOptional(),
  limits: z.array(z.string()).exactOptional(),
})

/** What is told of a version without its model. */
export type PackageFacts = Pick<ModelPackage, 'metrics' | 'params' | 'lineage'>

/** SHA-256 (hex) of model and schema together in canonical JSON: what a model computes, not when or how well. */
export function contentSha256({ model, schema }: Pick<ModelPackage, 'model' | 'schema'>): string {
  return sha256Hex(
    canonicalJson({ model, schema }, 'package', { ...jsonLimits, depth: jsonLimits.depth + 1 }),
  )
}

/**
 * Checks a package before anything of it is written.
 * @throws ModelRegistryError `bad-package`, `package-too-large`
 */
export async function checkPackage(pkg: ModelPackage): Promise<PackageTexts> {
  const texts: PackageTexts = {
    model: boundedText(pkg.model, 'model'),
    schema: boundedText(pkg.schema, 'schema'),
    metrics: boundedText(pkg.metrics, 'metrics'),
    params: boundedText(pkg.params, 'params'),
    lineage: boundedText(pkg.lineage, 'lineage'),
    ...(pkg.signature === undefined ? {} : { signature: boundedText(jsonOf(pkg.signature), 'signature') }),
    ...(pkg.description === undefined
      ? {}
      : { description: boundedText(jsonOf(pkg.description), 'description') }),
  }
  checkFacts(pkg, 'package')
  checkExtras(pkg, 'package')
  await checkModel(pkg.model, texts.schema, 'package')
  return texts
}

/**
 * The package in texts that came from a registry. Their digests are the adapter's to check before.
 * @throws ModelRegistryError `bad-package`, `package-too-large`
 */
export function parsePackage(texts: PackageTexts, where: string): ModelPackage {
  return {
    model: parseJson(texts.model, `model of ${where}`) as Json,
    schema: parseJson(texts.schema, `schema of ${where}`) as Json,
    ...parseFacts(texts, where),
    ...parseExtras(texts, where),
  }
}

type Extras = Pick<ModelPackage, OptionalPart>

/**
 * Signature and description, where there are any.
 * @throws ModelRegistryError `bad-package`, `package-too-large`
 */
export function parseExtras(texts: Pick<PackageTexts, OptionalPart>, where: string): Extras {
  const { signature, description } = texts
  const extras = {
    ...(signature === undefined ? {} : { signature: parseJson(signature, `signature of ${where}`) }),
    ...(description === undefined ? {} : { description: parseJson(description, `description of ${where}`) }),
  }
  return checkExtras(extras, where)
}

/** @throws ModelRegistryError `bad-package`, `package-too-large` */
export function parseFacts(texts: Pick<PackageTexts, keyof PackageFacts>, where: string): PackageFacts {
  const facts = {
    metrics: parseJson(texts.metrics, `metrics of ${where}`),
    params: parseJson(texts.params, `params of ${where}`),
    lineage: parseJson(texts.lineage, `lineage of ${where}`),
  }
  return checkFacts(facts, where)
}

function checkFacts(facts: unknown, where: string): PackageFacts {
  return checked(factsSchema, facts, where)
}

function checkExtras(extras: Readonly<Partial<Record<OptionalPart, unknown>>>, where: string): Extras {
  const { signature, description } = extras
  return {
    ...(signature === undefined ? {} : { signature: checked(signatureSchema, signature, where) }),
    ...(description === undefined ? {} : { description: checked(descriptionSchema, description, where) }),
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new ModelRegistryError('bad-package', `Not a model package: ${problems.join('; ')}.`, {
    fault: 'input',
    where,
    hint: 'Give metrics as numbers, params as JSON, and a lineage with commit, rows, groups and seed.',
  })
}

function boundedText(value: Json, part: PartName): string {
  const text = canonicalJson(value, part)
  const bytes = Buffer.byteLength(text)
  if (bytes <= partBytesLimit) return text
  throw new ModelRegistryError(
    'package-too-large',
    `The ${part} has ${String(bytes)} bytes of JSON; ${String(partBytesLimit)} are the limit.`,
    { fault: 'input', where: part, hint: 'Publish a smaller model.' },
  )
}

/** The same value; interfaces are not assignable to an index signature. What is no JSON, `boundedText` refuses. */
function jsonOf(value: object): Json {
  return { ...value }
}
