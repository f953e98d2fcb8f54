import { createFakeWorld, defaultStations, editJson, feedBody } from '../../src/testing/index.ts'
import { NOW } from './waqi.ts'

/** A whole answer with every part that is read, and some that are not. */
export function sampleFeed(): object {
  const world = createFakeWorld(defaultStations())
  return editJson(feedBody(world, world.stations[0]!, NOW), { 'data.iaqi.neph': { v: 3.5 } })
}

export type Path = readonly (string | number)[]

/** The paths of all values within, the root's first. */
export function pathsOf(json: unknown): Path[] {
  if (typeof json !== 'object' || json === null) return [[]]
  const deeper = Object.entries(json).flatMap(([key, value]) =>
    pathsOf(value).map((path) => [Array.isArray(json) ? Number(key) : key, ...path]),
  )
  return [[], ...deeper]
}
