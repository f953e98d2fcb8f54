import { defineGroup, type RowOf } from '@airq/feature-store'

const STATION = { type: 'string', description: 'Station id of the configuration.' } as const
const text = (description: string) => ({ type: 'string', description }) as const
const instant = (description: string) =>
  ({ type: 'bigint', description: `${description} Epoch ms.` }) as const

/** One row an alert: what the watch found, from when to when, and whether it was told. */
export const aqiAlerts = defineGroup({
  name: 'aqi_alerts',
  version: 1,
  description: 'What the watch found wrong: one row from opening to recovery.',
  primaryKey: ['station', 'cause', 'number'],
  eventTime: 'opened_ms',
  columns: {
    station: text('Station id of the configuration; * for what concerns them all.'),
    cause: text('stale-data, missed-run, low-skill …'),
    number: { type: 'int', description: '0 for the first of this cause at this station.' },
    opened_ms: instant('When it was found first.'),
    severity: text('warning or critical.'),
    message: text('What was found last, for people; after recovery how it is now. No observed values.'),
    hint: text('What to do.'),
    last_seen_ms: instant('When it was found last.'),
    closed_ms: { ...instant('When it was found to be over; null while it is open.'), nullable: true },
    told_opened: { type: 'boolean', description: 'The webhook has taken the opening.' },
    told_closed: { type: 'boolean', description: 'The webhook has taken the recovery.' },
    known_at: instant('When the row was changed last.'),
  },
})
export type AqiAlertRow = RowOf<typeof aqiAlerts.columns>

/** Station of the alerts that concern no single one. */
export const ALL_STATIONS = '*'

/** One row a station: who it counts as. What its source tells now (`aqi_stations`) is held against it. */
export const aqiIdentities = defineGroup({
  name: 'aqi_identities',
  version: 1,
  description: 'Identity of the stations that their series belong to.',
  primaryKey: ['station'],
  eventTime: 'since_ms',
  columns: {
    station: STATION,
    source: text('waqi, open-meteo …'),
    source_id: text("The station's id at its source."),
    name: { ...text('Its name at the source; untrusted text.'), nullable: true },
    latitude: { type: 'double', nullable: true, description: 'Degrees north.' },
    longitude: { type: 'double', nullable: true, description: 'Degrees east.' },
    since_ms: instant('Since when it counts as this.'),
    changed_ms: { ...instant('Since when its source tells something else.'), nullable: true },
    known_at: instant('When the row was changed last.'),
  },
})
export type AqiIdentityRow = RowOf<typeof aqiIdentities.columns>
