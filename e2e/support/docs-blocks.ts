import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/built-apps.mts'

/** A fenced block of the documentation. */
export interface DocsBlock {
  /** From the root: `docs/live.md`. */
  readonly file: string
  /** `docs/live.md:28`, where its code begins. */
  readonly where: string
  /** `''` where none is named. */
  readonly language: string
  readonly code: string
}

const FILES = ['*.md', 'docs/**/*.md', '{packages,apps}/*/README.md', '{bench,conformance,docker}/*.md']
/** Made of the sources, and checked against them. */
const GENERATED = ['docs/api/**', '**/CHANGELOG.md']
const FENCE = /^( *)```([\w-]*)\n(.*?)^\1```$/gms

/** Every fenced block of README, docs, packages, apps and benches, in the order of the files' names. */
export function docsBlocks(): DocsBlock[] {
  const files = FILES.flatMap((pattern) => globSync(pattern, { cwd: ROOT, exclude: GENERATED }))
  return files.toSorted().flatMap((file) => blocksOf(file, readFileSync(join(ROOT, file), 'utf8')))
}

function blocksOf(file: string, text: string): DocsBlock[] {
  return [...text.matchAll(FENCE)].map((match) => {
    const [, indent = '', language = '', code = ''] = match
    const line = text.slice(0, match.index).split('\n').length + 1
    return {
      file,
      where: `${file}:${String(line)}`,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }
  })
}

/** The commands of a block, one a line: what a backslash or a brace continues is one. */
export function commandsOf(code: string): string[] {
  const lines = code
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}

/** A line that is printed, without what differs from day to day: figures and classes of air. */
export function skeletonOf(line: string): string {
  return line
    .replaceAll(/\s+/g, ' ')
    .replaceAll(CLASSES, 'CLASS')
    .replaceAll(
      /\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December)\b/g,
      'N MONTH',
    )
    .replaceAll(/\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b/g, 'WEEKDAY')
    .replaceAll(/[-+<]? ?\d[\d,.]*(?<=\d)/g, 'N')
    .trim()
}

const CLASSES =
  /Unhealthy for Sensitive Groups|Very Unhealthy|Good|Moderate|Unhealthy|Hazardous|unhealthy-sensitive|very-unhealthy|\b(good|moderate|unhealthy|hazardous)\b/g
