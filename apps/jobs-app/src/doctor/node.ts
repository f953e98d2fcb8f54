import { type Check, ok } from './check.ts'

/** The first with `node:sqlite` without a flag. */
const NEEDED = [22, 13] as const

/** The Node that runs this, and all other commands that are started the same way. */
export function nodeCheck(): Check {
  return {
    id: 'node',
    where: process.execPath,
    run: async () => {
      const { node } = process.versions
      const [major = 0, minor = 0] = node.split('.').map(Number)
      const needed = NEEDED.join('.')
      const old = major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])
      const sqlite = await import('node:sqlite').then(
        () => true,
        () => false,
      )
      if (!old && sqlite) return ok(`${node}, with node:sqlite; ${needed} or newer is needed`)
      return {
        status: 'failed',
        message: `${node}${sqlite ? '' : ' without node:sqlite'} runs this; ${needed} or newer is needed`,
        hint: 'The embedded store needs node:sqlite.',
        next: { kind: 'do', text: `Install Node 24 (nodejs.org), and run airq-doctor with it.` },
      }
    },
  }
}
