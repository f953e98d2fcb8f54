import { label } from '../reference.ts'
import type { StageChangeOptions } from '../types.ts'
import { badArguments, expectedOf, reference, stageOf } from './arguments.ts'
import { promotionLines } from './look.ts'
import type { Answer, CommandIo } from './main.ts'
import { isRemote, shownSpec, withRegistry, type RegistryFlags } from './open-registry.ts'

export interface ChangeFlags extends RegistryFlags {
  readonly reason: string
}

export interface StageFlags extends ChangeFlags {
  readonly stage: string
  readonly expected?: string
}

export function promote(spec: string, model: string, flags: StageFlags, io: CommandIo): Promise<Answer> {
  const ref = reference(model)
  const [stage, options] = [stageOf(flags.stage), changeOptions(flags, io)]
  return withRegistry(spec, { ...flags, readOnly: false, io }, async (registry) => {
    const promotion = await registry.promote(ref, stage, options)
    const text = `${promotionLines(promotion).join('\n')}\n`
    return { json: { registry: shownSpec(spec), promotion }, text }
  })
}

export function rollback(spec: string, name: string, flags: StageFlags, io: CommandIo): Promise<Answer> {
  const [stage, options] = [stageOf(flags.stage), changeOptions(flags, io)]
  return withRegistry(spec, { ...flags, readOnly: false, io }, async (registry) => {
    const promotion = await registry.rollback(name, stage, options)
    const text = `${promotionLines(promotion).join('\n')}\n`
    return { json: { registry: shownSpec(spec), promotion }, text }
  })
}

export function retire(spec: string, model: string, flags: ChangeFlags, io: CommandIo): Promise<Answer> {
  const ref = reference(model)
  return withRegistry(spec, { ...flags, readOnly: false, io }, async (registry) => {
    const { reason } = flags
    const version = await registry.retire(ref, { reason, signal: io.signal })
    return { json: { registry: shownSpec(spec), version }, text: `${label(version)} retired: ${reason}\n` }
  })
}

export function copy(
  from: string,
  to: string,
  flags: RegistryFlags & { readonly name?: string },
  io: CommandIo,
): Promise<Answer> {
  if (shownSpec(from) === shownSpec(to)) {
    throw badArguments('A registry cannot be copied onto itself.', 'Name another registry to copy to.')
  }
  return withRegistry(from, { ...flags, readOnly: true, io }, (source) =>
    withRegistry(to, { ...flags, readOnly: false, io }, async (target) => {
      const { copyRegistry } = await import('../copy-registry.ts')
      const names = flags.name === undefined ? await source.names(io) : [flags.name]
      const options = { names, from: isRemote(from) ? from : 'a folder', signal: io.signal }
      const models = await copyRegistry(source, target, options)
      const lines = models.map(
        ({ name, versions, created, promoted, retired }) =>
          `${name}: ${String(versions)} versions, ${String(created)} copied, ${String(promoted)} promoted, ${String(retired)} retired`,
      )
      const text = `${(lines.length === 0 ? ['no models'] : lines).join('\n')}\n`
      return { json: { from: shownSpec(from), to: shownSpec(to), models }, text }
    }),
  )
}

function changeOptions({ reason, expected }: StageFlags, { signal }: CommandIo): StageChangeOptions {
  return { reason, signal, ...expectedOf(expected) }
}
