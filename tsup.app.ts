import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

// How every app is built: each command one file of its own, all dependencies inlined, their licences beside them.
// An app's tsup.config.ts names its entries.

/** What of esbuild's result, and of its plugins, is used here. */
interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >
}

interface Build {
  onEnd(callback: (result: { readonly metafile?: Metafile | undefined }) => void): void
}

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly license?: string
  readonly author?: string | { readonly name?: string }
}

interface Inlined {
  /** `zod 4.1.0` */
  readonly title: string
  readonly license: string
  /** Whose it is, where the package comes without one. */
  readonly text: string
}

const FILE = 'THIRD-PARTY-LICENSES'
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i

/** @param entry files by the name of what they become, from the app's folder */
export function appConfig(entry: Readonly<Record<string, string>>) {
  return {
    entry: { ...entry },
    format: ['esm' as const],
    platform: 'node' as const,
    target: 'node24',
    splitting: true,
    clean: true,
    removeNodeProtocol: false,
    noExternal: [/.*/],
    external: [/^node:/],
    esbuildOptions: (options: { conditions?: string[] }) => {
      options.conditions = ['@airq/source', 'import', 'module']
    },
    esbuildPlugins: [licenses],
    // Bundled CommonJS packages call require().
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
  }
}

/** Writes the licences of all that is inlined into `dist`. */
const licenses = {
  name: 'licenses',
  setup(build: Build): void {
    build.onEnd(({ metafile }) => {
      const outputs = Object.values(metafile?.outputs ?? {})
      const files = outputs.flatMap(({ inputs }) =>
        Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
      )
      // tsup writes its own files after this.
      mkdirSync('dist', { recursive: true })
      writeFileSync(join('dist', FILE), describe(inlinedPackages(files)))
    })
  },
}

function inlinedPackages(files: readonly string[]): Inlined[] {
  const folders = new Set(files.flatMap((file) => packageFolder(resolve(file)) ?? []))
  const found = [...folders].map(inlined)
  return [...new Map(found.map((one) => [one.title, one])).values()].toSorted((a, b) =>
    a.title < b.title ? -1 : 1,
  )
}

/** The folder below `node_modules` that a file is in; none for our own sources. Packages hold manifests deeper in too. */
function packageFolder(file: string): string | undefined {
  return /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(file)?.[0]
}

function inlined(folder: string): Inlined {
  const { name = '', version = '', license, author } = manifestIn(folder)
  const texts = readdirSync(folder)
    .filter((file) => LICENSE_FILE.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
  if (texts.length === 0) texts.push(...readmeSection(folder))
  if (license === undefined && texts.length === 0) {
    throw new Error(`${name} ${version} tells no licence: it cannot be inlined (${folder})`)
  }
  if (texts.length === 0) {
    const whose = typeof author === 'object' ? author.name : author
    texts.push(`(The package holds no text of it. It is by ${whose ?? 'its authors'}.)`)
  }
  return { title: `${name} ${version}`, license: license ?? 'see below', text: texts.join('\n\n') }
}

/** Some put the text nowhere else. */
function readmeSection(folder: string): string[] {
  const file = readdirSync(folder).find((name) => /^readme/i.test(name))
  if (file === undefined) return []
  const section = /^#*\s*licen[cs]e\b[^]*/im.exec(readFileSync(join(folder, file), 'utf8'))?.[0]
  return section === undefined ? [] : [section.trim()]
}

/** Packages of the same text share it. */
function describe(packages: readonly Inlined[]): string {
  const byText = Map.groupBy(packages, ({ license, text }) => `Licence: ${license}\n\n${text}\n`)
  const parts = [...byText].map(([text, alike]) => `${alike.map(({ title }) => title).join('\n')}\n${text}`)
  return `What is inlined here of others, with its licences.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}
