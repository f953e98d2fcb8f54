import { CATEGORIES, categoryOf, type Scale } from '@airq/aqi-client'
import { type AqiForecastRow, probabilitiesOf } from '@airq/feature-groups'
import { disc, shareBar, swatch } from '../charts/disc.ts'
import { figure } from '../charts/figure.ts'
import { scaleBar } from '../charts/scale-bar.ts'
import { type Html, markup } from '../html/html.ts'
import { externalLink } from '../html/link.ts'
import { chanceAbove100 } from '../record/track-record.ts'
import { facts, note, type PageContext, table, tags } from './parts.ts'

const EPA = 'https://www.airnow.gov/aqi/aqi-basics/'
const MEE = 'https://www.mee.gov.cn/'
const GUIDANCE: Readonly<Record<Scale, string>> = {
  'us-epa-2015': EPA,
  'us-epa-2024': EPA,
  'cn-hj633-2012': MEE,
  'cn-hj633-2026': MEE,
}

/** The first screen: the day, the class in words and colour, the interval, the chance, and where it comes from. */
export function headline(context: PageContext): Html {
  const { view, words, formats } = context
  const row = view.headline
  if (row === null) {
    const last = view.newest === null ? null : formats.longDay(view.newest.day)
    return markup`<section id="forecast" class="hero" aria-labelledby="forecast-title">
      <h2 id="forecast-title" class="class">${words.noForecast}</h2>
      ${note(words.noForecastNote(last))}
    </section>`
  }
  const { scale } = view.facts
  const { key } = categoryOf(row.aqi, scale)
  const shown = { scale, aqi: row.aqi, lower: row.lower, upper: row.upper }
  const [lower, aqi, upper] = [row.lower, row.aqi, row.upper].map(formats.whole) as [string, string, string]
  return markup`<section id="forecast" class="hero" aria-labelledby="forecast-title">
    <p class="kicker">
      <strong>${row.day === view.today ? words.today : words.tomorrow}</strong>
      <time datetime="${row.day}">${formats.longDay(row.day)}</time>
      <span class="zone">${row.time_zone}</span>${tags(row, words)}
    </p>
    <div class="now">
      ${disc(row.aqi, scale, 'large', 'AQI')}
      <div>
        <h2 id="forecast-title" class="class">
          <span class="unseen">AQI ${aqi}, </span>${words.categories(scale)[key]}
        </h2>
        <p class="interval-text">${words.interval(formats.percent(row.coverage), lower, upper)}</p>
        <p class="chance">
          <strong>${formats.percent(chanceAbove100(row))}</strong> ${words.chanceUnhealthy}<br /><span
            class="muted"
            >${words.chanceUnhealthyNote}</span
          >
        </p>
      </div>
    </div>
    ${figure({ title: words.scaleBar(lower, aqi, upper), table: null, tableLabel: '', mark: markOf(row, context), draw: (width) => scaleBar(shown, width) })}
    <p class="advice">
      ${words.advice(scale)[key]}
      <span class="muted">${words.notAdvice} ${externalLink(GUIDANCE[scale], words.officialGuidance)}</span>
    </p>
    ${row.fallback ? note(words.fallbackNote) : null}${row.simulated ? note(words.simulatedNote) : null}
    <div class="two">${origin(row, context)}${chances(row, context)}</div>
    ${view.alsoToday === null ? null : alsoToday(view.alsoToday, context)}
  </section>`
}

function markOf({ simulated, fallback }: AqiForecastRow, { words }: PageContext): string | null {
  const marks = [...(simulated ? [words.simulated] : []), ...(fallback ? [words.fallback] : [])]
  return marks.length === 0 ? null : marks.join(' · ')
}

function chances(row: AqiForecastRow, { view, words, formats }: PageContext): Html {
  const shares = probabilitiesOf(row)
  const names = words.categories(view.facts.scale)
  return markup`<div class="chances">
    <h3>${words.chances}${tags(row, words)}</h3>
    ${table(
      words.chances,
      [{ name: words.category }, { name: '' }, { name: '%', numeric: true }],
      CATEGORIES[view.facts.scale].map(({ key, colour }) => [
        markup`${swatch(colour)}${names[key]}`,
        shareBar(shares[key], colour),
        formats.percent(shares[key]),
      ]),
    )}
  </div>`
}

function origin(row: AqiForecastRow, { view, words, formats }: PageContext): Html {
  const rule = view.series[view.main]?.rule.decision ?? 'end-of-day'
  return facts([
    [words.decision, words.decided(words.decisions[rule], formats.moment(row))],
    [words.issued, `${formats.instant(row.issued_at)} (${row.time_zone})`],
    [words.information, words.informationSets[row.information_set] ?? row.information_set],
    [words.scale, `${words.scales[view.facts.scale]}; ${words.dailyMean}`],
    [words.model, row.model_name === null ? words.plainRule : `${row.model_name} ${row.model_version ?? ''}`],
    [
      words.sources,
      view.credits.length === 0
        ? words.noSources
        : view.credits.map(({ name, url }, i) => markup`${i === 0 ? '' : ', '}${externalLink(url, name)}`),
    ],
  ])
}

function alsoToday(row: AqiForecastRow, { view, words, formats }: PageContext): Html {
  const { scale } = view.facts
  const { key, colour } = categoryOf(row.aqi, scale)
  const text = words.alsoToday(formats.whole(row.aqi), words.categories(scale)[key])
  return markup`<p class="also">
    ${swatch(colour)}${text} <span class="muted">${formats.longDay(row.day)}</span>${tags(row, words)}
  </p>`
}
