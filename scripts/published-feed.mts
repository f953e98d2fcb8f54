import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { callGitHub, repositoryOf } from './actions/github-api.mts'
import { annotate, output } from './actions/workflow-output.mts'

// Fetches the feed that stands on the repository's GitHub Pages, so that `report --verify` holds the ledger against
// what was published: published-feed FILE. Output of a workflow's step: found, false where nothing is published yet.
// GITHUB_TOKEN needs contents: read and pages: read.

const MOST_BYTES = 20_000_000

const [file] = process.argv.slice(2).filter((argument) => argument !== '--')
if (file === undefined) {
  process.stderr.write('published-feed: where the feed is to be written\n')
  process.exit(2)
}
const feed = await publishedFeed()
if (feed !== undefined) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, feed)
}
output({ found: String(feed !== undefined) })

async function publishedFeed(): Promise<string | undefined> {
  const repository = repositoryOf(process.env)
  const { has_pages: hasPages } = (await callGitHub(repository, '')) as { has_pages: boolean }
  if (!hasPages) {
    annotate('warning', 'no-pages', 'Settings, Pages: choose GitHub Actions as the source')
    return undefined
  }
  const { html_url: site } = (await callGitHub(repository, '/pages')) as { html_url: string }
  const url = new URL('forecast.json', site.endsWith('/') ? site : `${site}/`)
  // The page is public: no token goes there. Past every cache: what was published last is wanted.
  const response = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(60_000) })
  if (response.status === 404) {
    process.stdout.write(`${url.href}: nothing is published there yet\n`)
    return undefined
  }
  const text = await response.text()
  if (!response.ok || text.length > MOST_BYTES) {
    throw new Error(
      `${url.href} answered ${String(response.status)} with ${String(text.length)} characters: no feed to verify the ledger with, so nothing is to be published`,
    )
  }
  process.stdout.write(`${url.href}: ${String(text.length)} characters\n`)
  return text
}
