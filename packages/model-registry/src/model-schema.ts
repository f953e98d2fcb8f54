import type { Schema } from '@cfworker/json-schema'

import { ModelRegistryError } from './errors.ts'

/**
 * Checks a model against its own JSON Schema (draft 2020-12). The validator interprets the schema: one that
 * compiles it to code (as Ajv does) would run code made from a package that came from elsewhere. It writes
 * notes into the schema object, so it is given a copy of its own, parsed from the text.
 * @throws ModelRegistryError `bad-package`, naming the first place that does not fit
 */
export async function checkModel(model: unknown, schemaText: string, where: string): Promise<void> {
  const { Validator } = await import('@cfworker/json-schema')
  const schema: unknown = JSON.parse(schemaText)
  if (!isSchema(schema)) throw badModel('the schema is neither an object nor a boolean', where)
  let problem: string | undefined
  try {
    const result = new Validator(schema, '2020-12', true).validate(model)
    const deepest = result.errors.at(-1)
    if (!result.valid) problem = `${deepest?.instanceLocation ?? '#'}: ${deepest?.error ?? 'it does not fit'}`
  } catch (cause) {
    // An unresolved or endless $ref, a pattern that is no regular expression, an unknown type.
    throw badModel(
      `the schema cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      where,
    )
  }
  if (problem !== undefined) throw badModel(`the model does not fit its schema at ${problem}`, where)
}

function isSchema(value: unknown): value is Schema | boolean {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value))
}

function badModel(problem: string, where: string): ModelRegistryError {
  return new ModelRegistryError('bad-package', `Not a model package: ${problem}.`, {
    fault: 'input',
    where,
    hint: 'Publish the model with the JSON Schema (draft 2020-12) that describes it.',
  })
}
