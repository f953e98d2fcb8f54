import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Evaluated } from '@airq/model'
import { UserError } from '@airq/pipeline'
import { z } from 'zod'

/** What a search is of: evaluations of another question say nothing about this one. */
export interface SearchQuestion {
  readonly station: string
  readonly decision: string
  /** Of the rows the search may read. */
  readonly rowsSha256: string
  readonly seed: number
  /** Version of the code that judges. */
  readonly tool: string
}

const Head = z.strictObject({
  format: z.literal('airq-search-state'),
  formatVersion: z.literal(1),
  question: z.strictObject({
    station: z.string(),
    decision: z.string(),
    rowsSha256: z.string(),
    seed: z.int(),
    tool: z.string(),
  }),
})

const Line = z.strictObject({
  recipe: z.strictObject({ id: z.string(), params: z.record(z.string(), z.unknown()) }),
  block: z.int().min(0),
  errors: z.strictObject({ rows: z.int().min(1), absolute: z.number(), persistence: z.number() }),
})

export interface SearchState extends AsyncDisposable {
  /** Evaluations of an earlier run of the same question. */
  readonly known: readonly Evaluated[]
  /** True where there was a state to go on from, but of another question. */
  readonly restarted: boolean
  /** Safe on disk when it resolves. */
  add(evaluated: Evaluated): Promise<void>
}

/**
 * Opens the file in which a search keeps each fit it has judged, one JSON line each, so that one killed at any moment
 * goes on where it was: `hyperparameter-search/STATION-DECISION.jsonl` in the state directory.
 * @param resume false begins a new file
 * @throws UserError `state-unwritable`
 */
export async function openSearchState(
  stateDir: string,
  question: SearchQuestion,
  resume: boolean,
): Promise<SearchState> {
  const path = join(stateDir, 'hyperparameter-search', `${question.station}-${question.decision}.jsonl`)
  const head: z.infer<typeof Head> = { format: 'airq-search-state', formatVersion: 1, question }
  const earlier = resume ? await readLines(path) : null
  const known = earlier === null ? null : evaluationsOf(earlier, question)
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    // Whole lines only: the last one of a killed run may be torn. The new file takes the place of the old at once.
    const lines = [head, ...(known ?? [])].map((line) => `${JSON.stringify(line)}\n`)
    const fresh = await open(`${path}.new`, 'w', 0o600)
    await fresh.writeFile(lines.join(''))
    await fresh.sync()
    await fresh.close()
    await rename(`${path}.new`, path)
    await syncDirectory(dirname(path))
    const file = await open(path, 'a', 0o600)
    return {
      known: known ?? [],
      restarted: earlier !== null && known === null,
      add: async (evaluated) => {
        await file.appendFile(`${JSON.stringify(evaluated)}\n`)
        await file.datasync()
      },
      [Symbol.asyncDispose]: () => file.close(),
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UserError('state-unwritable', `the state of the search cannot be written: ${reason}`, {
      where: path,
      hint: 'Name a directory you may write to with --state.',
      cause,
    })
  }
}

/** So that the new name outlives a power cut; where directories can't be synced, it mostly does. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => null)
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}

/** The lines that are JSON; `null` without a file. */
async function readLines(path: string): Promise<unknown[] | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  return text.split('\n').flatMap((line): unknown[] => {
    try {
      return [JSON.parse(line)]
    } catch {
      return []
    }
  })
}

function evaluationsOf([first, ...rest]: readonly unknown[], question: SearchQuestion): Evaluated[] | null {
  const head = Head.safeParse(first)
  if (!head.success || !isSame(head.data.question, question)) return null
  return rest.flatMap((line) => Line.safeParse(line).data ?? [])
}

function isSame(a: SearchQuestion, b: SearchQuestion): boolean {
  return (
    a.station === b.station &&
    a.decision === b.decision &&
    a.rowsSha256 === b.rowsSha256 &&
    a.seed === b.seed &&
    a.tool === b.tool
  )
}
