import { ModelRegistryError } from '../errors.ts'
import { requireProxied } from './artifacts.ts'
import { apiRoot, type Context } from './context.ts'
import { isAlreadyThere, isMissing } from './refusal.ts'
import { experimentSchema } from './wire.ts'

/**
 * The experiment's id; it is made where it is not there.
 * @throws ModelRegistryError `registry-refused` for a deleted one, and where its files are out of reach
 */
export async function ensureExperiment(context: Context, name: string): Promise<string> {
  const { api, signal } = context
  const find = () =>
    api.json(
      {
        what: `Looking up experiment ${name}`,
        path: `${apiRoot}/experiments/get-by-name`,
        query: { experiment_name: name },
        tolerate: isMissing,
        signal,
      },
      experimentSchema,
    )
  let found = await find()
  if (found === null) {
    // Another run may be faster: then it is there already.
    await api.send({
      what: `Creating experiment ${name}`,
      method: 'POST',
      path: `${apiRoot}/experiments/create`,
      json: { name },
      repeatable: true,
      tolerate: isAlreadyThere,
      signal,
    })
    found = await find()
  }
  if (found === null) throw unusable(name, 'is not there although it was made')
  const { experiment_id: id, artifact_location: location, lifecycle_stage: stage } = found.experiment
  if (stage !== 'active') throw unusable(name, `is ${stage}`)
  if (location !== '') requireProxied(location)
  return id
}

function unusable(name: string, problem: string): ModelRegistryError {
  return new ModelRegistryError('registry-refused', `The experiment ${name} of MLflow ${problem}.`, {
    fault: 'input',
    where: name,
    hint: 'Restore it, or name another experiment.',
  })
}
