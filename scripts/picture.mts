import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Browser, CHROMIUM } from '../packages/report/test/support/browser.ts'
import { type Bin, buildApps, ROOT, runBin } from './built-apps.mts'

// The pictures of the README: the page of the demo's simulated city after a season of forecasts, one a day, each
// issued at its own decision. Needs Chromium. What they show is made up, and says so.

const CONFIG = join(ROOT, 'scripts', 'demo-config.yaml')
const FOLDER = join(ROOT, 'docs', 'pictures')
/** Trained at the first; the page is as of the last. Fixed, so that the same program makes the same pictures. */
const FIRST = Date.parse('2026-02-01T00:05:00+08:00')
const DAYS = 92
const DAY_MS = 86_400_000
const MOST_BYTES = 150_000
const VIEW = { width: 1000, height: 1320, scale: 1.25 } as const
const QUALITY = 82

async function run(state: string, bin: Bin, at: number, ...args: readonly string[]): Promise<void> {
  const frame = [CONFIG, '--state', state, '--json', '--log-level', 'silent']
  const { exitCode, stdout } = await runBin(bin, [...frame, '--now', new Date(at).toISOString(), ...args])
  if (exitCode !== 0) throw new Error(`${bin} ended with ${String(exitCode)}: ${stdout}`)
}

/** The pages of a ledger with a past. */
async function makeSite(folder: string): Promise<string> {
  const state = join(folder, 'state')
  const last = FIRST + (DAYS - 1) * DAY_MS
  await run(state, 'batch-feature-pipeline', last)
  await run(state, 'training-pipeline', FIRST)
  for (let at = FIRST; at <= last; at += DAY_MS) await run(state, 'inference-pipeline', at)
  const site = join(folder, 'site')
  await run(state, 'report', last, '--out', site)
  return site
}

async function takePictures(site: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  await using browser = await Browser.start()
  for (const scheme of ['light', 'dark'] as const) {
    await browser.open(pathToFileURL(join(site, 'index.html')).href, { ...VIEW, scheme })
    const picture = await browser.picture(QUALITY)
    const name = `page-${scheme}.webp`
    if (picture.length > MOST_BYTES) throw new Error(`${name} has ${String(picture.length)} bytes`)
    await writeFile(join(FOLDER, name), picture)
    console.log(`docs/pictures/${name}: ${(picture.length / 1000).toFixed(0)} KB`)
  }
}

if (CHROMIUM === undefined)
  throw new Error('there is no Chromium: install it, or name it chromium in the PATH')
buildApps()
const [kept] = process.argv.slice(2)
const folder = kept ?? (await mkdtemp(join(tmpdir(), 'airq-picture-')))
try {
  await takePictures(await makeSite(folder))
} finally {
  if (kept === undefined) await rm(folder, { recursive: true, force: true })
}
