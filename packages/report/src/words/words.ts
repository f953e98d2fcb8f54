import type { CategoryKey, DayOrigin, Pollutant, Scale } from '@airq/aqi-client'
import type { Decision } from '@airq/feature-groups'
import type { ReasonKey } from '../record/reasons.ts'

export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

/** Every text of the page in one language. Numbers and days come in formatted. */
export interface Words {
  readonly language: Language
  /** For `lang` and `Intl`. */
  readonly locale: string
  readonly htmlLang: string
  /** The other language, in its own words. */
  readonly otherLanguage: string

  readonly siteTitle: string
  readonly stationTitle: (station: string) => string
  readonly skip: string
  readonly sections: string
  readonly stations: string
  readonly otherStations: string
  readonly allStations: string
  readonly categories: (scale: Scale) => Readonly<Record<CategoryKey, string>>
  readonly advice: (scale: Scale) => Readonly<Record<CategoryKey, string>>
  readonly scales: Readonly<Record<Scale, string>>
  readonly decisions: Readonly<Record<Decision, string>>
  readonly informationSets: Readonly<Record<string, string>>
  readonly origins: Readonly<Record<DayOrigin, string>>
  readonly reasons: Readonly<Record<ReasonKey, string>>
  readonly quarantineReasons: Readonly<Record<string, string>>

  readonly simulated: string
  readonly simulatedNote: string
  readonly fallback: string
  readonly fallbackNote: string

  readonly late: string
  readonly tomorrow: string
  readonly today: string
  readonly noForecast: string
  readonly noForecastNote: (last: string | null) => string
  readonly interval: (coverage: string, lower: string, upper: string) => string
  readonly chanceUnhealthy: string
  readonly chanceUnhealthyNote: string
  readonly chances: string
  readonly scaleBar: (lower: string, aqi: string, upper: string) => string
  readonly notAdvice: string
  readonly officialGuidance: string
  readonly decision: string
  readonly decided: (decision: string, moment: string) => string
  readonly endOf: (day: string) => string
  readonly issued: string
  readonly information: string
  readonly scale: string
  readonly dailyMean: string
  readonly model: string
  readonly plainRule: string
  readonly alsoToday: (aqi: string, category: string) => string

  readonly recent: string
  readonly recentNote: string
  readonly recentChart: (days: string) => string
  readonly table: string
  readonly day: string
  readonly forecast: string
  readonly intervalShort: string
  readonly category: string
  readonly issuedShort: string
  readonly revision: string
  readonly observed: string
  readonly observedPrivate: string
  readonly laterRevisions: (count: string) => string

  readonly record: string
  readonly recordNote: string
  readonly recordPrivate: string
  readonly recordEmpty: string
  readonly recordEmptyPrivate: string
  readonly skill: string
  readonly skillNote: (n: string, first: string, last: string) => string
  readonly better: (share: string) => string
  readonly worse: (share: string) => string
  readonly beyondChance: string
  readonly withinChance: string
  readonly meanError: string
  readonly persistence: string
  readonly persistenceNote: string
  readonly coverage: string
  readonly coverageNote: (wanted: string) => string
  readonly classHits: string
  readonly classHitsNote: string
  readonly points: (value: string) => string
  readonly month: string
  readonly days: string
  readonly monthsChart: string
  readonly reliability: string
  readonly reliabilityNote: string
  readonly said: string
  readonly came: string
  readonly howFarOff: string
  readonly errorBand: (from: string, to: string | null) => string
  readonly worst: string
  readonly error: string
  readonly notCounted: (fallback: string, late: string) => string

  readonly why: string
  readonly whyNote: string
  readonly whyMissing: string
  readonly reason: string
  readonly effect: string

  readonly quality: string
  readonly qualityNote: (first: string, last: string) => string
  readonly noDays: string
  readonly final: string
  readonly partial: string
  readonly modelled: string
  readonly missing: string
  readonly year: string
  readonly gaps: string
  readonly gapDays: (days: string) => string
  readonly noGaps: string
  readonly origin: string
  readonly alignment: string
  readonly alignmentNote: string
  readonly lastImport: string
  readonly importedAt: (instant: string, first: string, last: string) => string
  readonly labelShifts: string
  readonly pollutants: Readonly<Record<Pollutant, string>>
  readonly laterShifts: string
  readonly shiftsFrom: string
  readonly alignmentMethods: Readonly<Record<string, string>>
  readonly alignmentConfidence: string
  readonly alignmentConfidences: Readonly<Record<string, string>>
  readonly released: string
  readonly quarantine: string
  readonly noQuarantine: string
  readonly daysByYear: string

  readonly watch: string
  readonly watchNote: string
  readonly alertCause: string
  readonly alertState: string
  readonly alertOpen: string
  readonly alertOver: string
  readonly alertSince: string
  readonly alertUntil: string
  readonly alertCauses: Readonly<Record<string, string>>

  readonly models: string
  readonly noModel: string
  readonly since: string
  readonly gate: string
  readonly recipe: string
  readonly trainedOn: string
  readonly trainedOnDays: (rows: string, first: string, last: string) => string
  readonly digest: string
  readonly commit: string
  readonly card: string
  readonly cardNote: string
  readonly made: string
  readonly rolledBack: string
  readonly backtest: string
  readonly backtestNote: (n: string, first: string, last: string) => string
  readonly width: string
  readonly baselines: Readonly<Record<string, string>>

  readonly sources: string
  readonly noSources: string
  readonly ledger: string
  readonly ledgerNote: (rows: string) => string
  readonly feed: string
  readonly feedNote: string
  readonly generated: (instant: string) => string
  readonly notOfficial: string
}
