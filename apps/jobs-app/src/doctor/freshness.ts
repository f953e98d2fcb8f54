import { aqiDaily, aqiForecasts, aqiReadings, readRows } from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import type { StationConfig } from '@airq/pipeline'
import { type Check, type Finding, ok, skipped } from './check.ts'
import { ageText, commandLine, type Session } from './session.ts'
import type { OpenStore } from './store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A station that is pulled every three hours, and whose readings come late. */
const READING_LATE_MS = 7 * HOUR_MS
const READING_OLD_MS = 2 * DAY_MS
/** A day is over, and then complete some hours later. */
const DAY_LATE_MS = 3 * DAY_MS
const FORECAST_LATE_MS = 2 * DAY_MS
/** How far back is looked for the newest. */
const LOOK_BACK_MS = 3 * 366 * DAY_MS

type Source = StationConfig['source']['kind']
const LIVE: readonly Source[] = ['waqi', 'open-meteo']

/** The newest of one kind at one station; `null` where there is none. */
interface Newest {
  readonly station: StationConfig
  /** What it is of, where that is not the station alone. */
  readonly of: string
  /** Epoch ms. */
  readonly at: number | null
}

/** The newest reading, final day and forecast, and which command is next. */
export function freshnessChecks(
  session: Session,
  open: OpenStore,
): Record<'readings' | 'days' | 'forecasts', Check> {
  const { config } = session.context
  const readsRows = config.featureStore.kind === 'sqlite'
  const check = (id: string, look: (store: FeatureStore | null) => Promise<Finding>): Check => ({
    id,
    needs: ['store'],
    where: 'featureStore',
    run: async () =>
      // A first read makes a feature view in the project.
      readsRows ? look(await open()) : skipped('no rows are read of Hopsworks: that may write there'),
  })
  return {
    readings: check('readings', async (store) => readingsFinding(session, store)),
    days: check('days', async (store) => daysFinding(session, store)),
    forecasts: check('forecasts', async (store) => forecastsFinding(session, store)),
  }
}

async function readingsFinding(session: Session, store: FeatureStore | null): Promise<Finding> {
  const live = session.context.config.stations.filter(({ source }) => LIVE.includes(source.kind))
  if (live.length === 0) return skipped('no station is pulled')
  const newest = await newestOf(live, store, async (of, there) => {
    const rows = await readRows(there.read(aqiReadings, { keys: { station: of.id }, ...span(session, 0) }))
    return latest(rows.map(({ observed_ms: at }) => at))
  })
  return judged(session, newest, {
    ...{ what: 'reading', lateMs: READING_LATE_MS, failMs: READING_OLD_MS },
    hint: 'feature-pipeline pulls them; run it every hour or every three.',
    next: () => commandLine(session, 'feature-pipeline'),
  })
}

async function daysFinding(session: Session, store: FeatureStore | null): Promise<Finding> {
  const { stations } = session.context.config
  const newest = await newestOf(stations, store, async (of, there) => {
    const rows = await readRows(there.read(aqiDaily, { keys: { station: of.id }, ...span(session, 0) }))
    const finals = rows.filter(({ status }) => status === 'final' || status === 'modelled')
    return latest(finals.map(({ known_at: at }) => at))
  })
  return judged(session, newest, {
    ...{ what: 'final day', lateMs: DAY_LATE_MS, failMs: Number.POSITIVE_INFINITY },
    hint: 'Histories are downloaded at aqicn.org/historical; live stations make a day of their hours.',
    next: ({ source }, at) => {
      if (source.kind === 'simulator') return commandLine(session, 'batch-feature-pipeline')
      const pulled = LIVE.includes(source.kind) && at !== null
      if (source.kind === 'open-meteo' || pulled) return commandLine(session, 'feature-pipeline')
      return commandLine(session, 'batch-feature-pipeline', ['--csv', '<download from aqicn.org/historical>'])
    },
  })
}

async function forecastsFinding(session: Session, store: FeatureStore | null): Promise<Finding> {
  const { stations, forecast } = session.context.config
  const newest: Newest[] = []
  for (const station of stations) {
    const ofStation = { keys: { station: station.id }, ...span(session, 20 * DAY_MS) }
    const rows = store === null ? [] : await readRows(store.read(aqiForecasts, ofStation))
    for (const decision of forecast.decisions) {
      const issued = rows.filter((row) => row.decision === decision).map(({ issued_at: at }) => at)
      newest.push({ station, of: `${station.id} ${decision}`, at: latest(issued) })
    }
  }
  return judged(session, newest, {
    ...{ what: 'forecast', lateMs: FORECAST_LATE_MS, failMs: Number.POSITIVE_INFINITY },
    hint: 'One for each decision and day is what the track record is made of.',
    next: () => commandLine(session, 'inference-pipeline', ['--allow-fallback']),
  })
}

interface Judging {
  readonly what: string
  readonly lateMs: number
  readonly failMs: number
  readonly hint: string
  readonly next: (station: StationConfig, at: number | null) => Finding['next']
}

/** By the one that is worst off. */
function judged(session: Session, all: readonly Newest[], judging: Judging): Finding {
  const { what, lateMs, failMs, hint } = judging
  const ageOf = ({ at }: Newest) => (at === null ? Number.POSITIVE_INFINITY : session.now - at)
  const [worst] = all.toSorted((a, b) => ageOf(b) - ageOf(a))
  if (worst === undefined) return ok('no station is chosen')
  const { station, of, at } = worst
  const age = ageOf(worst)
  const others = all.filter((one) => one !== worst && ageOf(one) > lateMs).length
  const more = others === 0 ? '' : `, and of ${String(others)} more`
  if (age <= lateMs)
    return ok(`newest ${what} of ${of} is ${ageText(age)} old${all.length > 1 ? ', others newer' : ''}`)
  const message =
    at === null
      ? `no ${what} of ${of} yet${more}`
      : `the newest ${what} of ${of} is ${ageText(age)} old${more}`
  const next = judging.next(station, at)
  return {
    status: at !== null && age > failMs ? 'failed' : 'warning',
    ...{ message, hint },
    ...(next === undefined ? {} : { next }),
  }
}

async function newestOf(
  stations: readonly StationConfig[],
  store: FeatureStore | null,
  find: (station: StationConfig, store: FeatureStore) => Promise<number | null>,
): Promise<Newest[]> {
  const newest: Newest[] = []
  for (const station of stations) {
    newest.push({ station, of: station.id, at: store === null ? null : await find(station, store) })
  }
  return newest
}

function span({ now }: Session, ahead: number): { readonly from: number; readonly to: number } {
  return { from: now - LOOK_BACK_MS, to: now + ahead }
}

function latest(instants: readonly number[]): number | null {
  return instants.reduce<number | null>((most, at) => (most === null || at > most ? at : most), null)
}
