import { join } from 'node:path'
import { holderIn } from '@airq/pipeline/inspect'
import { type Check, type Finding, ok } from './check.ts'
import { findEmbeddedFile, openDatabase } from './embedded-store.ts'
import type { Session } from './session.ts'

interface Held {
  readonly name: string
  /** Epoch ms. */
  readonly until: number
}

/** Which runs hold a station of the embedded store, and whether they are still there. */
export function leasesCheck(session: Session): Check[] {
  const { context, io } = session
  if (context.config.featureStore.kind !== 'sqlite') return []
  return [
    {
      id: 'leases',
      needs: ['store'],
      where: join(context.stateDir, 'leases'),
      run: async (): Promise<Finding> => {
        const held = await heldLeases(session, io.clock.now())
        const told = await Promise.all(
          held.map(async ({ name, until }) => {
            const holder = await holderIn(join(context.stateDir, 'leases', `${name}.json`))
            return { name, until, holder, gone: holder.includes('which is gone') }
          }),
        )
        const stale = told.find(({ gone }) => gone)
        if (stale !== undefined) {
          const end = new Date(stale.until).toISOString().slice(0, 16).replace('T', ' ')
          return {
            status: 'warning',
            message: `${stale.name} is held by ${stale.holder}`,
            hint: 'Until then, that pipeline leaves the station out.',
            next: { kind: 'do', text: `Wait until ${end} UTC: the lease ends then by itself.` },
          }
        }
        const [first] = told
        if (first === undefined) return ok('none is held')
        return ok(`${String(told.length)} held: ${first.name} by ${first.holder}`)
      },
    },
  ]
}

async function heldLeases(session: Session, now: number): Promise<readonly Held[]> {
  const file = await findEmbeddedFile(session)
  if (file === null) return []
  const db = await openDatabase(file)
  try {
    const table = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'leases'").get()
    if (table?.['n'] !== 1) return []
    const rows = db.prepare('SELECT name, until FROM leases WHERE until > ? ORDER BY name').all(now)
    return rows.map(({ name, until }) => ({ name: String(name), until: Number(until) }))
  } finally {
    db.close()
  }
}
