import type { Decision } from './decisions.ts'

/** The name under which training publishes a station's model for a decision, and inference looks for it. */
export function modelName(station: string, decision: Decision): string {
  return `${station}-${decision}`
}
