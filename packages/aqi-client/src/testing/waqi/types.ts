import type { GeoPoint, HourlyReading, LocalDay, Pollutant } from '../../types.ts'

/** A station of the fake's world. Its air is that of the simulator for its seed and zone. */
export interface FakeStation {
  /** An agency's station answers as this, a sensor as its negative. */
  readonly number: number
  readonly kind: 'agency' | 'sensor'
  readonly name: string
  /** Path after `aqicn.org/city/`; its last part is the city's name. */
  readonly path: string
  readonly geo: GeoPoint
  readonly timeZone: string
  readonly seed: number
  readonly pollutants: readonly Pollutant[]
  /** From the time that a reading bears to when it is out. */
  readonly publicationLagMs: number
  /** Hours within, epoch ms, are never published. The simulator has days of outage of its own. */
  readonly outages: readonly { readonly from: number; readonly to: number }[]
  /** Its forecast begins so many days before today. */
  readonly forecastStartsDaysAgo: 0 | 1 | 2
}

/** The truth behind the answers. */
export interface FakeWorld {
  readonly stations: readonly FakeStation[]
  /** All that the station measures on a local day, published or not yet. Ascending, 23 to 25 hours or none. */
  hoursOf(station: FakeStation, day: LocalDay): readonly HourlyReading[]
  /** The newest hour that is out at `now` (epoch ms), at most 40 days back. */
  newest(station: FakeStation, now: number): HourlyReading | null
}

/** What goes wrong with one request. Parts combine; all of it can be written as JSON. */
export interface WaqiFault {
  /** Waits before the head, and between head and body; ms of real time. */
  readonly headDelayMs?: number
  readonly bodyDelayMs?: number
  /** Closes the connection: unanswered, or halfway through the body. */
  readonly drop?: 'unanswered' | 'in-body'
  /** Half of the body, as if it were whole. */
  readonly truncated?: boolean
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Instead of the right body. */
  readonly body?: string
  /** Put before the body, e.g. a mark of byte order. */
  readonly prefix?: string
  /** Blanks at the end of the body, so many. */
  readonly padding?: number
  /** Values by their path in the body: `data.iaqi.pm25.v`. Missing parts of the path are made. */
  readonly set?: Readonly<Record<string, unknown>>
  readonly remove?: readonly string[]
  /** Answers as it was so many hours ago. */
  readonly staleHours?: number
}

/** A request as it came in, without the token. */
export interface RecordedRequest {
  /** Epoch ms, by the fake's clock. */
  readonly at: number
  readonly method: string
  /** As sent, encoded. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly token: 'right' | 'demo' | 'wrong' | 'missing'
  /** True where the token stood anywhere but in its parameter. */
  readonly tokenElsewhere: boolean
}

export interface FaultQueue {
  /** The next `times` requests go wrong this way, after those that wait already. A name is one of `WAQI_FAULTS`. */
  next(fault: WaqiFault | string, times?: number): void
  clear(): void
}

export interface FakeWaqiOptions {
  /** Default `fake-token`. */
  readonly token?: string
  /** Of the default world. Default 1. */
  readonly seed?: number
  readonly world?: FakeWorld
  /** Default: the system's, until `setNow`. */
  readonly clock?: { now(): number }
}

export interface FakeWaqi extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly baseUrl: string
  /** Control from another process: `POST /faults?next=NAME&times=N` or a fault as body, `POST /now?at=…`, `GET /requests`. */
  readonly controlUrl: string
  readonly token: string
  readonly world: FakeWorld
  readonly faults: FaultQueue
  /** In the order they came. */
  readonly requests: readonly RecordedRequest[]
  now(): number
  /** From now on the clock stands at this instant (epoch ms). */
  setNow(instant: number): void
  close(): Promise<void>
}
