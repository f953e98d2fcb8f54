import { label } from '../reference.ts'
import type { StageChangeOptions } from '../types.ts'
import { badArguments, expectedOf, reference, stageOf } from './arguments.ts'
import { progressLine, textOf } from './lines.ts'
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
    const text = textOf(promotionLines(promotion), '')
    return { json: { registry: shownSpec(spec), promotion }, text }
  })
}

export function rollback(spec: string, name: string, flags: StageFlags, io: CommandIo): Promise<Answer> {
  const [stage, options] = [stageOf(flags.stage), changeOptions(flags, io)]
  return withRegistry(spec, { ...flags, readOnly: false, io }, async (registry) => {
    const promotion = await registry.rollback(name, stage, options)
    const text = textOf(promotionLines(promotion), '')
    return { json: { registry: shownSpec(spec), promotion }, text }
  })
}

export function retire(spec: string, model: string, flags: ChangeFlags, io: CommandIo): Promise<Answer> {
  const ref = reference(model)
  return withRegistry(spec, { ...flags, readOnly: false, io }, async (registry) => {
    const { reason } = flags
    const version = await registry.retire(ref, { reason, signal: io.signal })
    return {
      json: { registry: shownSpec(spec), version },
      text: textOf([`${label(version)} retired: ${reason}`], ''),
    }
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
      using progress = progressLine(io)
      const options = {
        names,
        from: isRemote(from) ? from : 'a folder',
        signal: io.signal,
        onVersion: (name: string, done: number, total: number) => {
          progress.tell(`copying versions of ${name}`, done, total)
        },
      }
      const models = await copyRegistry(source, target, options)
      const lines = models.map(
        ({ name, versions, created, promoted, retired }) =>
          `${name}: ${String(versions)} versions, ${String(created)} copied, ${String(promoted)} promoted, ${String(retired)} retired`,
      )
      return { json: { from: shownSpec(from), to: shownSpec(to), models }, text: textOf(lines, 'no models') }
    }),
  )
}

function changeOptions({ reason, expected }: StageFlags, { signal }: CommandIo): StageChangeOptions {
  return { reason, signal, ...expectedOf(expected) }
}
