import { z } from 'zod'
import type { Recipe } from '../forecaster.ts'

const Blended = z.object({
  members: z.array(z.object({ id: z.string(), params: z.record(z.string(), z.unknown()) })),
})

/** The forecasters a recipe blends; none where it is no blend. */
export function memberIds({ params }: Recipe): string[] {
  return Blended.safeParse(params).data?.members.map(({ id }) => id) ?? []
}

/** A blend with the hyper-parameters found for its members. */
export function withTunedMembers(
  blend: Recipe,
  found: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Recipe {
  const members = Blended.safeParse(blend.params).data?.members ?? []
  const tuned = members.map(({ id, params }) => ({ id, params: { ...params, ...found.get(id) } }))
  return { ...blend, params: { ...blend.params, members: tuned } }
}
