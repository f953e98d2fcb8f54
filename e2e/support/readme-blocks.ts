import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/built-apps.mts'

export interface ReadmeBlock {
  /** `model/README.md:7`, where its code begins. */
  readonly where: string
  /** Of the file it is written to. */
  readonly name: string
  readonly code: string
  /** Another block of the README imports it: it is not run by itself. */
  readonly isImported: boolean
}

const BLOCK = /^```ts\n(.*?)^```$/gms
const RELATIVE_IMPORT = /'\.\/([\w-]+\.ts)'/

/** Every `ts` block of the packages' READMEs. A block that imports `./name.ts` is followed by that file. */
export function readmeBlocks(): ReadmeBlock[] {
  return readdirSync(join(ROOT, 'packages'))
    .toSorted()
    .flatMap((pkg) => blocksOf(pkg, readFileSync(join(ROOT, 'packages', pkg, 'README.md'), 'utf8')))
}

function blocksOf(pkg: string, text: string): ReadmeBlock[] {
  const found = [...text.matchAll(BLOCK)]
  return found.map((match, i) => {
    const code = match[1] ?? ''
    const line = text.slice(0, match.index).split('\n').length + 1
    const imported = RELATIVE_IMPORT.exec(found[i - 1]?.[1] ?? '')?.[1]
    return {
      where: `${pkg}/README.md:${String(line)}`,
      name: imported ?? `${pkg}-${String(line)}.ts`,
      code,
      isImported: imported !== undefined,
    }
  })
}

const PROMISED = /^.*\bconsole\.log\(.*\) \/\/ (.+)$/gm
const WORD = /[\w.-]*\w/g

/** What a block says it prints: the words of the comments behind each `console.log`. */
export function promisedOutput(code: string): string[] {
  return [...code.matchAll(PROMISED)].flatMap((match) => match[1]?.match(WORD) ?? [])
}

/** Whether these words stand in the output in this order. */
export function holdsInOrder(output: string, words: readonly string[]): boolean {
  const printed: readonly string[] = output.match(WORD) ?? []
  let from = 0
  return words.every((word) => {
    const at = printed.indexOf(word, from)
    from = at + 1
    return at >= 0
  })
}
