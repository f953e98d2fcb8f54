import { readFile } from 'node:fs/promises'
import type { AqiForecastRow } from '@airq/feature-groups'
import { PipelineError, UserError } from '@airq/pipeline'
import { type Feed, type LedgerProblem, parseFeed, type StationFacts, verifyFeed } from '@airq/report'

/** A feed that was found to be the beginning of today's ledger. */
export interface KeptFeed {
  readonly file: string
  readonly generatedAt: string
  readonly rows: number
  readonly head: string
}

interface ReadFeed {
  readonly file: string
  readonly feed: Feed
}

/** @throws UserError `no-such-file`, `unreadable-file`; ReportError `bad-feed` */
export function readFeeds(files: readonly string[]): Promise<ReadFeed[]> {
  return Promise.all(files.map(async (file) => ({ file, feed: parseFeed(await textOf(file), file) })))
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    const isMissing = code === 'ENOENT'
    throw new UserError(
      isMissing ? 'no-such-file' : 'unreadable-file',
      isMissing ? `there is no file ${file}` : `${file} can't be read (${code})`,
      { where: file, hint: 'Give the path of a forecast.json that report wrote earlier.' },
    )
  }
}

const PROBLEMS: Readonly<Record<LedgerProblem, string>> = {
  'feed-altered': 'the feed itself is not as it was published',
  'station-gone': 'it has no forecasts here: the configuration no longer names it',
  'rows-removed': 'forecasts of that time are gone',
  'rows-backdated': 'forecasts dated before it were put in later',
  'rows-changed': 'forecasts of that time have other contents',
}

/**
 * Holds each feed against the ledgers as they are.
 * @throws PipelineError `ledger-changed` where one does not come out again
 */
export async function verified(
  kept: readonly ReadFeed[],
  stations: readonly StationFacts[],
  read: (station: string) => Promise<AqiForecastRow[]>,
): Promise<KeptFeed[]> {
  const ledgers = new Map<string, readonly AqiForecastRow[]>(stations.map(({ id, ledger }) => [id, ledger]))
  // A station that was left out of this report still has its ledger.
  for (const { id } of kept.flatMap(({ feed }) => feed.stations)) {
    if (ledgers.has(id)) continue
    const rows = await read(id)
    if (rows.length > 0) ledgers.set(id, rows)
  }
  const checked = kept.map(({ file, feed }) => ({ file, ...verifyFeed(feed, ledgers) }))
  const problems = checked.flatMap(({ file, problems: found }) =>
    found.map(({ station, problem }) => ({ file, station, problem })),
  )
  if (problems.length === 0) return checked.map(({ problems: _, ...one }) => one)
  const told = problems.map(({ file, station, problem }) =>
    [file, ...(station === null ? [] : [station]), PROBLEMS[problem]].join(': '),
  )
  throw new PipelineError('ledger-changed', `the ledger is not what it was\n${told.join('\n')}`, {
    hint: 'Compare the ledger with a backup (airq-store); nothing was written, and the track record is not to be relied on until it is cleared up.',
    details: { problems },
  })
}
