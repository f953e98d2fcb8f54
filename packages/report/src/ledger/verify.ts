import type { AqiForecastRow } from '@airq/feature-groups'
import { ReportError } from '../errors.ts'
import { type Feed, FEED_VERSION, FeedSchema } from '../feed/schema.ts'
import { headOfAll, ledgerHead } from './chain.ts'

/** Why a head that somebody kept is no longer found in the ledger. */
export type LedgerProblem =
  /** The feed contradicts itself: it is not as it was published. */
  | 'feed-altered'
  /** There is no such station in the configuration. */
  | 'station-gone'
  /** There are fewer forecasts of that time than there were. */
  | 'rows-removed'
  /** There are more: some were issued with a date before it. */
  | 'rows-backdated'
  /** There are as many, with other contents. */
  | 'rows-changed'

export interface VerifiedFeed {
  readonly generatedAt: string
  readonly rows: number
  readonly head: string
  /** Empty where all of it is the beginning of today's ledger. */
  readonly problems: readonly { readonly station: string | null; readonly problem: LedgerProblem }[]
}

/**
 * Holds a feed that somebody kept against the ledgers of today: each head it carries must come out again from the
 * first rows.
 * @param ledgers all rows by station
 */
export function verifyFeed(
  feed: Feed,
  ledgers: ReadonlyMap<string, readonly AqiForecastRow[]>,
): VerifiedFeed {
  const heads = new Map(
    feed.stations.map(({ id, ledger }) => [
      id,
      { ...ledger, lastIssuedAt: ledger.lastIssuedAt === null ? null : Date.parse(ledger.lastIssuedAt) },
    ]),
  )
  const all = headOfAll(heads)
  const altered = all.head !== feed.ledger.head || all.rows !== feed.ledger.rows
  const found = [...heads].flatMap(([station, kept]) => {
    const problem = problemOf(kept, ledgers.get(station))
    return problem === null ? [] : [{ station, problem }]
  })
  return {
    generatedAt: feed.generatedAt,
    rows: feed.ledger.rows,
    head: feed.ledger.head,
    problems: altered ? [{ station: null, problem: 'feed-altered' }, ...found] : found,
  }
}

function problemOf(
  kept: { readonly rows: number; readonly head: string; readonly lastIssuedAt: number | null },
  ledger: readonly AqiForecastRow[] | undefined,
): LedgerProblem | null {
  if (ledger === undefined) return 'station-gone'
  if (ledgerHead(ledger, kept.rows).head === kept.head && ledger.length >= kept.rows) return null
  const until = kept.lastIssuedAt ?? Number.NEGATIVE_INFINITY
  const now = ledger.filter(({ issued_at }) => issued_at <= until).length
  if (now === kept.rows) return 'rows-changed'
  return now < kept.rows ? 'rows-removed' : 'rows-backdated'
}

/**
 * A feed as it was published.
 * @param where named in errors
 * @throws ReportError `bad-feed`
 */
export function parseFeed(text: string, where: string): Feed {
  const parsed = FeedSchema.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const at = issue?.path.map(String).join('.') ?? ''
  throw new ReportError(
    'bad-feed',
    `this is no feed of airq: ${at === '' ? '' : `${at}: `}${issue?.message ?? ''}`,
    {
      where,
      hint: `Give a forecast.json that report wrote (version ${String(FEED_VERSION)}).`,
    },
  )
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
