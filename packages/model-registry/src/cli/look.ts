import { ModelRegistryError } from '../errors.ts'
import { label } from '../reference.ts'
import type { ModelRegistry, ModelVersion, Promotion } from '../types.ts'
import { selected } from './arguments.ts'
import { textOf } from './lines.ts'
import type { Answer, CommandIo } from './main.ts'
import { isRemote, shownSpec, withRegistry, type RegistryFlags } from './open-registry.ts'

export function list(spec: string, flags: RegistryFlags & NameFlag, io: CommandIo): Promise<Answer> {
  return withRegistry(spec, { ...flags, readOnly: true, io }, async (registry) => {
    const models: object[] = []
    const lines: string[] = []
    for (const name of await chosenNames(registry, flags, io)) {
      const versions = await registry.list(name, io)
      models.push({ name, versions })
      lines.push(name, ...versions.map((version) => `  ${versionLine(version)}`))
    }
    return { json: { registry: shownSpec(spec), models }, text: textOf(lines, 'no models') }
  })
}

export function show(spec: string, model: string, flags: RegistryFlags, io: CommandIo): Promise<Answer> {
  const { name, selector } = selected(model)
  return withRegistry(spec, { ...flags, readOnly: true, io }, async (registry) => {
    const version = await registry.resolve(name, selector, io)
    if (version === null) throw notThere(model)
    const { signature, description } = await registry.fetch(version, io)
    const told = { version, ...(signature && { signature }), ...(description && { description }) }
    const lines = [
      label(version),
      `  ${versionLine(version)}`,
      `  content SHA-256 ${version.contentSha256}`,
      ...(description?.purpose === undefined ? [] : [`  ${description.purpose}`]),
      ...section('scores', version.metrics),
      ...section('parameters', version.params),
      ...section('lineage', version.lineage),
    ]
    return { json: { registry: shownSpec(spec), ...told }, text: textOf(lines, '') }
  })
}

export function history(spec: string, name: string, flags: RegistryFlags, io: CommandIo): Promise<Answer> {
  return withRegistry(spec, { ...flags, readOnly: true, io }, async (registry) => {
    const promotions = await registry.history(name, io)
    const lines = promotions.flatMap(promotionLines)
    return {
      json: { registry: shownSpec(spec), name, history: promotions },
      text: textOf(lines, 'no promotions'),
    }
  })
}

export function verify(spec: string, flags: RegistryFlags & NameFlag, io: CommandIo): Promise<Answer> {
  return withRegistry(spec, { ...flags, readOnly: true, io }, async (registry) => {
    const problems: { readonly where: string; readonly code: string; readonly message: string }[] = []
    const sound: string[] = []
    const check = async (where: string, work: () => Promise<unknown>): Promise<void> => {
      try {
        await work()
        sound.push(where)
      } catch (error) {
        if (!ModelRegistryError.isInstance(error) || !telling.includes(error.code)) throw error
        problems.push({ where, code: error.code, message: error.message })
      }
    }
    for (const name of await chosenNames(registry, flags, io)) {
      await check(`${name}: history`, () => registry.history(name, io))
      for (const version of await versionsOf(spec, registry, name, io)) {
        await check(label({ name, version }), async () => {
          await registry.resolve(name, { version }, io)
          await registry.fetch({ name, version }, io)
        })
      }
    }
    const lines = [
      ...sound.map((where) => `${where}: whole`),
      ...problems.map(({ where, message }) => `${where}: ${message}`),
    ]
    const answer = { json: { registry: shownSpec(spec), sound, problems }, text: textOf(lines, 'no models') }
    if (problems.length === 0) return answer
    const failure = new ModelRegistryError(
      'package-damaged',
      `The registry is not sound: ${String(problems.length)} problems found.`,
      { where: shownSpec(spec), hint: 'Restore what is named from a copy, or train again.' },
    )
    return { ...answer, failure }
  })
}

interface NameFlag {
  readonly name?: string
}

/** What says that something in the registry is wrong, not that it could not be asked. */
const telling: readonly string[] = [
  'package-damaged',
  'bad-package',
  'package-too-large',
  'format-newer',
  'not-found',
]

async function chosenNames(
  registry: ModelRegistry,
  { name }: NameFlag,
  io: CommandIo,
): Promise<readonly string[]> {
  return name === undefined ? registry.names(io) : [name]
}

/** A damaged version is to be found too, which a list of a folder refuses. */
async function versionsOf(
  spec: string,
  registry: ModelRegistry,
  name: string,
  io: CommandIo,
): Promise<string[]> {
  if (isRemote(spec)) return (await registry.list(name, io)).map(({ version }) => version)
  const { VersionFolders } = await import('../local/version-folders.ts')
  return new VersionFolders(spec, name).numbers()
}

function versionLine({ version, createdAt, stages, retired, metrics }: ModelVersion): string {
  const marks = [...stages, ...(retired === null ? [] : [`retired: ${retired.reason}`])]
  const mae = metrics['mae']
  return [
    version,
    createdAt,
    ...(mae === undefined ? [] : [`mae ${String(mae)}`]),
    ...(marks.length === 0 ? [] : [`[${marks.join(', ')}]`]),
  ].join('  ')
}

export function promotionLines({ at, stage, from, to, kind, by, reason, scores }: Promotion): string[] {
  const figures = Object.entries(scores).map(([name, score]) => `${name} ${String(score)}`)
  return [
    `${at}  ${stage}: ${from ?? 'none'} to ${to}${kind === 'rollback' ? ' (rollback)' : ''}${by === null ? '' : `, by ${by}`}`,
    `  ${reason}`,
    ...(figures.length === 0 ? [] : [`  ${figures.join(', ')}`]),
  ]
}

function section(title: string, facts: Readonly<Record<string, unknown>>): string[] {
  const lines = Object.entries(facts).map(
    ([name, value]) => `    ${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return lines.length === 0 ? [] : [`  ${title}`, ...lines]
}

function notThere(model: string): ModelRegistryError {
  return new ModelRegistryError('not-found', `The registry has no ${model}.`, {
    fault: 'input',
    hint: 'See airq-registry list.',
  })
}
