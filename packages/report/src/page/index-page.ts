import { categoryOf } from '@airq/aqi-client'
import { disc, noDisc } from '../charts/disc.ts'
import { type Html, markup } from '../html/html.ts'
import type { StationView } from '../station-view.ts'
import { type Formats, formatsOf } from '../words/formats.ts'
import type { Words } from '../words/words.ts'
import { between, pageDocument } from './document.ts'
import { tags } from './parts.ts'
import { footer, type SiteFacts } from './station-page.ts'

/** The picker: every station with its forecast, its day named. */
export function indexPage(words: Words, site: SiteFacts): string {
  const here = site.indexPaths[words.language]
  // Days need no zone.
  const formats = formatsOf(words, 'UTC')
  return pageDocument({
    words,
    title: words.siteTitle,
    paths: site.indexPaths,
    header: markup`<h1>${words.siteTitle}</h1>`,
    main: markup`<h2 class="unseen">${words.stations}</h2>
      <ul class="list">
        ${site.views.map(
          (view) =>
            markup`<li>
              <a href="${between(here, site.stationPaths(view.facts.id)[words.language])}"
                >${entry(view, words, formats)}</a
              >
            </li>`,
        )}
      </ul>`,
    footer: footer(words, site, here, null),
  })
}

function entry({ facts, headline, simulated, today }: StationView, words: Words, formats: Formats): Html {
  if (headline === null) {
    return markup`${noDisc()}<span
      ><strong>${facts.name}</strong
      ><span class="muted">${words.noForecast}</span>${tags({ simulated }, words)}</span
    >`
  }
  const { key } = categoryOf(headline.aqi, facts.scale)
  return markup`${disc(headline.aqi, facts.scale, 'small', '')}<span
      ><strong>${facts.name}</strong
      ><span class="unseen">AQI ${headline.aqi}, </span>${words.categories(facts.scale)[key]}<br /><span class="muted"
        >${headline.day === today ? words.today : words.tomorrow} · ${formats.longDay(headline.day)}</span
      >${tags(headline, words)}</span
    >`
}
