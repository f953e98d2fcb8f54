import { badge } from './feed/badge.ts'
import { feedOf } from './feed/feed.ts'
import { prometheusText } from './feed/prometheus.ts'
import { type Feed, feedSchema } from './feed/schema.ts'
import { headOfAll } from './ledger/chain.ts'
import type { PagePaths } from './page/document.ts'
import { indexPage } from './page/index-page.ts'
import { type SiteFacts, stationPage } from './page/station-page.ts'
import { stationView } from './station-view.ts'
import type { ReportFile, ReportQuestion } from './types.ts'
import { EN } from './words/en.ts'
import { ZH } from './words/zh.ts'

export interface Report {
  readonly files: readonly ReportFile[]
  /** What `forecast.json` holds. */
  readonly feed: Feed
}

const INDEX: PagePaths = { en: 'index.html', zh: 'zh/index.html' }

/**
 * The whole site as files: a page a station in English and Chinese, with several stations a page to pick from, the
 * feed with its schema, a badge a station, metrics for Prometheus. The same question gives the same files.
 * @throws ReportError `bad-station`
 */
export function report(question: ReportQuestion): Report {
  const views = question.stations.map((facts) => stationView(facts, question))
  const isOne = views.length === 1
  const site: SiteFacts = {
    ...question,
    views,
    ledger: headOfAll(new Map(views.map(({ facts, ledger }) => [facts.id, ledger]))),
    indexPaths: INDEX,
    stationPaths: (id) => (isOne ? INDEX : stationPaths(id)),
  }
  const feed = feedOf(site)
  const pages = [EN, ZH].flatMap((words) => [
    ...(isOne ? [] : [{ path: INDEX[words.language], content: indexPage(words, site) }]),
    ...views.map((view) => ({
      path: site.stationPaths(view.facts.id)[words.language],
      content: stationPage(view, words, site),
    })),
  ])
  return {
    feed,
    files: [
      ...pages,
      ...views.map((view) => ({ path: badgePath(view.facts.id), content: badge(view) })),
      { path: 'metrics.prom', content: prometheusText(site) },
      { path: 'forecast.schema.json', content: json(feedSchema()) },
      // Last: where it is new, all it speaks of is there.
      { path: 'forecast.json', content: json(feed) },
    ],
  }
}

/** The files that are a station's own, whether it is the only one or not: what goes when the station goes. */
export function stationFiles(id: string): readonly string[] {
  return [...Object.values(stationPaths(id)), badgePath(id)]
}

function stationPaths(id: string): PagePaths {
  return { en: `stations/${id}.html`, zh: `zh/stations/${id}.html` }
}

function badgePath(id: string): string {
  return `badges/${id}.svg`
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`
}
