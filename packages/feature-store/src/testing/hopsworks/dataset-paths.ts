import type { State } from './state.ts'

/** Absolute below `/Projects/<project>`, also of a path relative to the project. */
export function absolute({ project }: State, path: string): string {
  const root = `/Projects/${project.name}`
  const clean = `/${path}`.replace(/\/+/g, '/').replace(/\/$/, '')
  return clean === root || clean.startsWith(`${root}/`) ? clean : `${root}${clean}`
}
