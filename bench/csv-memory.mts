import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ROOT } from '../scripts/built-apps.mts'
import { buildPackages } from '../scripts/built-packages.mts'
import { peakMiB } from './node-process.mts'
import { tableLines } from './table.mts'

// Peak memory of a process that reads a download of any size: it may grow with the days in it, not with the file.

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node bench/csv-memory.mts [--size MB]

Peak memory of a process that reads a made-up download of 200 MB, beside that of one that
reads twelve years.
`
const GOAL_MIB = 150
const MB = 1_000_000
const TWELVE_YEARS = 4383
/** Every date that a label may have: 1970 to 2199. */
const ALL_DAYS = 84_006
const FIRST_DAY_OF_2014 = 16_071
const DAY = 86_400_000

/** Reads the file it is given with the built package, and nothing else. */
const READER = `
import { createReadStream } from 'node:fs'
const { readHistoricalCsv } = await import(${JSON.stringify(pathToFileURL(join(ROOT, 'packages/aqi-client/dist/index.js')).href)})
await readHistoricalCsv(createReadStream(process.argv[1]))
`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    size: { type: 'string', default: '200' },
  },
})

/** A download of these days, again and again with other values until it has the size (in bytes). */
function writeDownload(path: string, firstDay: number, days: number, size: number): void {
  const labels = Array.from({ length: days }, (_, i) => {
    const date = new Date((firstDay + i) * DAY)
    return `${String(date.getUTCFullYear())}/${String(date.getUTCMonth() + 1)}/${String(date.getUTCDate())}`
  })
  const file = openSync(path, 'w')
  try {
    let written = writeSync(file, 'date, pm25, pm10, o3, no2, so2, co\n')
    for (let round = 0; round === 0 || written < size; round++) {
      const cells = [57, 31, 17, 13, 3, 7].map((value) => value + (round % 40)).join(', ')
      written += writeSync(file, labels.map((label) => `${label}, ${cells}\n`).join(''))
    }
  } finally {
    closeSync(file)
  }
}

function measure(): void {
  const folder = mkdtempSync(join(tmpdir(), 'airq-bench-'))
  try {
    const cases = [
      { name: 'twelve years', firstDay: FIRST_DAY_OF_2014, days: TWELVE_YEARS, size: 1 },
      { name: 'every day there is', firstDay: 0, days: ALL_DAYS, size: 1 },
      {
        name: 'twelve years, again and again',
        firstDay: FIRST_DAY_OF_2014,
        days: TWELVE_YEARS,
        size: Number(values.size) * MB,
      },
      { name: 'every day, again and again', firstDay: 0, days: ALL_DAYS, size: Number(values.size) * MB },
    ]
    const rows = cases.map(({ name, firstDay, days, size }) => {
      const path = join(folder, 'download.csv')
      writeDownload(path, firstDay, days, size)
      const megabytes = statSync(path).size / MB
      const peak = peakMiB(['--input-type=module', '--eval', READER, path])
      return { name, days, megabytes, peak, perMegabyte: peak / megabytes }
    })
    const lines = rows.map(({ name, days, megabytes, peak, perMegabyte }) => [
      name,
      String(days),
      megabytes.toFixed(1),
      peak.toFixed(0),
      perMegabyte.toFixed(2),
    ])
    const head = ['download', 'days', 'file MB', 'peak MiB', 'MiB per MB']
    process.stdout.write(`${tableLines(head, lines).join('\n')}\n`)
    const isMet = Math.max(...rows.map(({ peak }) => peak)) <= GOAL_MIB
    process.stdout.write(`\nGoal: at most ${String(GOAL_MIB)} MiB, ${isMet ? 'met' : 'missed'}.\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (values.help) process.stdout.write(HELP)
else {
  buildPackages()
  measure()
}
