import { type Html, markup, type Part } from '../html/html.ts'
import type { LedgerHead } from '../ledger/chain.ts'
import type { StationView } from '../station-view.ts'
import type { AlertFacts } from '../types.ts'
import { formatsOf } from '../words/formats.ts'
import type { Words } from '../words/words.ts'
import { alerts } from './alerts.ts'
import { between, pageDocument, type PagePaths } from './document.ts'
import { headline } from './headline.ts'
import { models } from './models.ts'
import { note, type PageContext, tags } from './parts.ts'
import { quality } from './quality.ts'
import { recent } from './recent.ts'
import { record } from './record.ts'
import { why } from './why.ts'

export interface SiteFacts {
  /** Epoch ms. */
  readonly now: number
  readonly publishObservations: boolean
  readonly airqVersion: string
  readonly views: readonly StationView[]
  readonly alerts?: readonly AlertFacts[]
  /** Over all stations. */
  readonly ledger: LedgerHead
  readonly stationPaths: (id: string) => PagePaths
  readonly indexPaths: PagePaths
}

/** With more stations than this, the picker is the page of all stations alone. */
const PICKED = 12

export function stationPage(view: StationView, words: Words, site: SiteFacts): string {
  const { facts } = view
  const formats = formatsOf(words, facts.timeZone)
  const context: PageContext = { words, formats, view, publishObservations: site.publishObservations }
  const paths = site.stationPaths(facts.id)
  const here = paths[words.language]
  const parts: readonly (readonly [id: string, name: string, part: Html | null])[] = [
    ['recent', words.recent, recent(context)],
    ['record', words.record, record(context)],
    ['why', words.why, why(context)],
    ['data', words.quality, quality(context)],
    ['watch', words.watch, alerts(context)],
    ['model', words.models, models(context)],
  ]
  const shown = parts.filter(([, , part]) => part !== null)
  return pageDocument({
    words,
    title: words.stationTitle(facts.name),
    paths,
    header: [
      markup`<h1>${facts.name}<small>${words.siteTitle}${tags(view, words)}</small></h1>`,
      picker(view, words, site, here),
    ],
    main: [
      headline(context),
      markup`<nav class="sections" aria-label="${words.sections}">
        ${shown.map(([id, name]) => markup`<a href="#${id}">${name}</a>`)}
      </nav>`,
      shown.map(([, , part]) => part),
    ],
    footer: footer(words, site, here, view),
  })
}

function picker(view: StationView, words: Words, site: SiteFacts, here: string): Part {
  if (site.views.length < 2) return null
  const all = markup`<a href="${between(here, site.indexPaths[words.language])}">${words.allStations}</a>`
  if (site.views.length > PICKED)
    return markup`<nav class="stations" aria-label="${words.stations}">${all}</nav>`
  const others = site.views.filter(({ facts }) => facts.id !== view.facts.id)
  return markup`<nav class="stations" aria-label="${words.stations}">
    <details>
      <summary>${words.otherStations}</summary>
      <ul>
        ${others.map(
          ({ facts }) =>
            markup`<li>
              <a href="${between(here, site.stationPaths(facts.id)[words.language])}">${facts.name}</a>
            </li>`,
        )}
      </ul>
    </details>
    ${all}
  </nav>`
}

/** Ledger, feed, when it was made and what it is not. */
export function footer(words: Words, site: SiteFacts, here: string, view: StationView | null): Html {
  const { ledger } = site
  const zone = view?.facts.timeZone ?? 'UTC'
  const formats = formatsOf(words, zone)
  const files = [
    ['forecast.json', 'forecast.json'],
    ['forecast.schema.json', 'JSON Schema'],
    ...(view === null ? [] : [[`badges/${view.facts.id}.svg`, 'SVG']]),
    ['metrics.prom', 'Prometheus'],
  ]
  return markup`${note(markup`<strong>${words.ledger}</strong> ${words.ledgerNote(formats.whole(ledger.rows))} <code>${ledger.head}</code>`)}
  ${note(markup`<strong>${words.feed}</strong> ${words.feedNote} ${files.map(([path = '', name = ''], i) => markup`${i === 0 ? '' : ' · '}<a href="${between(here, path)}">${name}</a>`)}`)}
  ${note(`${words.generated(`${formats.instant(site.now)} (${zone})`)} ${words.notOfficial} airq ${site.airqVersion}`)}`
}
