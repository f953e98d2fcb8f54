import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { ROOT } from './built-apps.mts'
import { entryExports } from './declarations.mts'

// A page for each public library, made from its sources: every export of every entry, as declared and commented.

const HELP = `Usage: npx --yes pnpm@12.21.0 api [--check]

Writes docs/api/<package>.md from the sources of the public libraries.
--check writes nothing, and exits 1 where a page is not up to date.
`
const LIBRARIES = ['aqi-client', 'feature-store', 'http', 'model', 'model-registry']
const FOLDER = 'docs/api'
const CONDITION = '@airq/source'
const FENCE = '```'

interface Manifest {
  readonly name: string
  readonly description: string
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>
}

/** The entries of a package by the name they are imported by, with their source file. */
function entriesOf(library: string, { name, exports }: Manifest): Map<string, string> {
  const entries = Object.entries(exports).flatMap(([path, target]) => {
    const source = typeof target === 'string' ? undefined : target[CONDITION]
    if (typeof source !== 'string') return []
    return [[`${name}${path.slice(1)}`, join(ROOT, 'packages', library, source)] as const]
  })
  return new Map(entries)
}

function pageOf(library: string): string {
  const text = readFileSync(join(ROOT, 'packages', library, 'package.json'), 'utf8')
  const manifest = JSON.parse(text) as Manifest
  const entries = entriesOf(library, manifest)
  const parts = [
    `# ${manifest.name}`,
    `Made from the sources by \`pnpm api\`; what it is for and how it is used stands in [its README](../../packages/${library}/README.md).`,
    ...[...entryExports(entries)].flatMap(([entry, exports]) => [
      `## \`${entry}\``,
      ...exports.flatMap(({ name, file, code, sameAs }) => [
        `### ${name}`,
        sameAs === undefined
          ? `${FENCE}ts\n${code}\n${FENCE}`
          : `The same as in [\`${sameAs}\`](#${anchorOf(sameAs)}).`,
        `[${sourceName(library, file)}](${relative(join(ROOT, FOLDER), file).replaceAll('\\', '/')})`,
      ]),
    ]),
  ]
  return `${parts.join('\n\n')}\n`
}

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\w-]/g, '')
}

function sourceName(library: string, file: string): string {
  return relative(join(ROOT, 'packages', library), file).replaceAll('\\', '/')
}

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

const stale: string[] = []
for (const library of LIBRARIES) {
  const path = join(ROOT, FOLDER, `${library}.md`)
  const page = await format(pageOf(library), { ...(await resolveConfig(path)), filepath: path })
  if (page === current(path)) continue
  stale.push(relative(ROOT, path))
  if (values.check) continue
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, page)
}
if (values.check && stale.length > 0) {
  process.stderr.write(`Not up to date: ${stale.join(', ')}. Run: npx --yes pnpm@12.21.0 api\n`)
  process.exitCode = 1
} else {
  process.stdout.write(
    values.check ? 'API pages are up to date.\n' : `Written: ${stale.join(', ') || 'nothing new'}.\n`,
  )
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
