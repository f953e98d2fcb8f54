import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { callGitHub, repositoryOf } from './actions/github-api.mts'
import { digestOf, mergeState, packState, unpackState } from './actions/state-files.mts'
import { fetchTip, type Files, filesOf, type Place, pushFiles, StateError } from './actions/state-git.mts'
import { annotate } from './actions/workflow-output.mts'

// Keeps the state of the embedded store and registry on a branch of a private repository:
//   state-branch restore|save [--state .airq] [--branch airq-state] [--remote origin] [--now ISO] [--allow-public]
// restore takes the branch's lease, so that nobody else works on it meanwhile, and save gives it back. One that is
// older than an hour is its holder's no more.

const LEASE = 'lease.json'
const LEASE_MS = 3_600_000
const TRIES = 5
/** A branch needs a file. */
const README: Files = new Map([['README.md', Buffer.from('The state of airq, as soon as there is one.\n')]])

interface Lease {
  readonly id: string
  readonly holder: string
  readonly since: string
}

/** In the state, but not of it: what it was restored from. */
interface Note {
  readonly lease: string
  readonly tip: string
  readonly digest: string | null
}

const { positionals, values } = parseArgs({
  args: process.argv.slice(2).filter((argument, index) => argument !== '--' || index > 0),
  allowPositionals: true,
  options: {
    state: { type: 'string', default: '.airq' },
    branch: { type: 'string', default: 'airq-state' },
    remote: { type: 'string', default: 'origin' },
    now: { type: 'string' },
    'allow-public': { type: 'boolean', default: false },
  },
})
const place: Place = { remote: values.remote, branch: values.branch }
const state = resolve(values.state)
const noteFile = join(state, 'state-branch.json')
const now = values.now === undefined ? Date.now() : Date.parse(values.now)

try {
  const [action] = positionals
  if (action === 'restore') {
    await refusePublic()
    restore()
  } else if (action === 'save') {
    await refusePublic()
    save()
  } else {
    process.stderr.write('state-branch: restore or save\n')
    process.exitCode = 2
  }
} catch (error) {
  if (!(error instanceof StateError)) throw error
  annotate('error', 'state-branch', `${error.message}\n${error.hint}`)
  process.exitCode = 1
}

function restore(): void {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const tip = fetchTip(place)
    const files: Files = tip === undefined ? new Map() : filesOf(tip)
    refuseLeased(files)
    unpackState(files, state)
    const lease: Lease = { id: randomUUID(), holder: holder(), since: new Date(now).toISOString() }
    const claimed = new Map(files).set(LEASE, Buffer.from(`${JSON.stringify(lease)}\n`))
    const pushed = pushFiles(place, claimed, 'State in use', tip)
    if (pushed === 'rejected') {
      rmSync(state, { recursive: true })
      continue
    }
    const note: Note = { lease: lease.id, tip: pushed.commit, digest: digestOf(files) ?? null }
    writeFileSync(noteFile, JSON.stringify(note), { mode: 0o600 })
    say(note.digest === null ? `nothing on ${place.branch} yet` : `restored from ${place.branch}`)
    return
  }
  throw tooManyTries()
}

function save(): void {
  const note = readNote()
  let packed = packState(state)
  if (packed.size === 0 && note.digest !== null) {
    throw new StateError(
      `${state} is empty, the branch is not`,
      'Nothing was saved: see where the state went.',
    )
  }
  let expected: string | undefined = note.tip
  let lease: Files = new Map()
  let merged = false
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const files = new Map([...(packed.size === 0 ? README : packed), ...lease])
    if (pushFiles(place, files, 'State', expected) !== 'rejected') {
      rmSync(noteFile)
      say(`saved to ${place.branch}${merged ? ', with what another run had saved meanwhile' : ''}`)
      return
    }
    expected = fetchTip(place)
    const theirs: Files = expected === undefined ? new Map() : filesOf(expected)
    lease = leaseOfAnother(theirs, note)
    if ((digestOf(theirs) ?? null) === note.digest) continue
    packed = mergedWith(theirs)
    merged = true
  }
  throw tooManyTries()
}

/** Of a run that took over from this one, more than an hour old: it stays, and that run will merge in its turn. */
function leaseOfAnother(files: Files, { lease }: Note): Files {
  const text = files.get(LEASE)
  return text === undefined || leaseIn(files)?.id === lease ? new Map() : new Map([[LEASE, text]])
}

function mergedWith(theirs: Files): Files {
  const folder = mkdtempSync(join(tmpdir(), 'airq-merge-'))
  try {
    mergeState(theirs, state, join(folder, 'state'))
    return packState(join(folder, 'state'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function refuseLeased(files: Files): void {
  const lease = leaseIn(files)
  if (lease === undefined || now - Date.parse(lease.since) >= LEASE_MS) return
  throw new StateError(
    `the state is in use by ${lease.holder} since ${lease.since}`,
    'Wait until it is saved. After an hour a lease counts no more.',
  )
}

function leaseIn(files: Files): Lease | undefined {
  const text = files.get(LEASE)
  return text === undefined ? undefined : (JSON.parse(text.toString()) as Lease)
}

function readNote(): Note {
  try {
    return JSON.parse(readFileSync(noteFile, 'utf8')) as Note
  } catch {
    throw new StateError(
      `${noteFile} cannot be read: ${state} was not restored from a branch`,
      'Call `state-branch restore` first, into an empty directory.',
    )
  }
}

/** What was pulled from WAQI may not be handed on, and a branch of a public repository is public. */
async function refusePublic(): Promise<void> {
  if ((process.env['GITHUB_REPOSITORY'] ?? '') === '' || values['allow-public']) return
  const { private: isPrivate } = (await callGitHub(repositoryOf(process.env), '')) as { private: boolean }
  if (isPrivate) return
  throw new StateError(
    'this repository is public, and so would be the state',
    'Use a private copy of the repository. Where all sources allow redistribution: --allow-public.',
  )
}

function holder(): string {
  const { GITHUB_WORKFLOW: workflow, GITHUB_RUN_ID: run } = process.env
  return workflow === undefined ? hostname() : `${workflow}, run ${run ?? '?'}`
}

function tooManyTries(): StateError {
  return new StateError(
    `${place.branch} was changed by others ${String(TRIES)} times in a row`,
    'Let one run at a time use the branch. What is here stays as it is; call save again.',
  )
}

function say(line: string): void {
  process.stdout.write(`state: ${line}\n`)
}
