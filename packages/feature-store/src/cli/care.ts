import { resolve } from 'node:path'

import { copyGroups } from '../copy-groups.ts'
import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { SqliteFeatureStore, StoredGroup } from '../sqlite/index.ts'
import type { AnyFeatureGroup } from '../types.ts'
import { progressLine, textOf } from './lines.ts'
import type { Answer, CommandIo } from './main.ts'
import { findGroup, instantOf, isoInstant, withStore } from './open-store.ts'
import type { CompactFlags } from './program.ts'

export function describe(path: string, io: CommandIo): Promise<Answer> {
  return withStore(path, { readOnly: true, io }, async (store) => {
    const groups: object[] = []
    const lines: string[] = []
    for (const { group, historyFrom } of await store.groups(io)) {
      const { rows, firstEvent, lastEvent } = await store.describe(group, io)
      const span = { firstEvent: isoInstant(firstEvent), lastEvent: isoInstant(lastEvent) }
      groups.push({
        ...group,
        rows,
        ...span,
        historyFrom: historyFrom === 0 ? null : isoInstant(historyFrom),
      })
      const events = rows === 0 ? '' : `, ${span.firstEvent ?? ''} to ${span.lastEvent ?? ''}`
      lines.push(`${groupLabel(group)}: ${String(rows)} rows${events}`)
      lines.push(`  ${group.description}`)
      if (historyFrom > 0) lines.push(`  revisions since ${isoInstant(historyFrom) ?? ''}`)
    }
    return { json: { store: resolve(path), groups }, text: textOf(lines, 'no groups') }
  })
}

export function verify(path: string, io: CommandIo): Promise<Answer> {
  return withStore(path, { readOnly: true, io }, async (store) => {
    const { groups, problems } = await store.verify(io)
    const lines = groups.map(
      ({ name, version, rows, revisions }) =>
        `${name} v${String(version)}: ${String(rows)} rows, ${String(revisions)} revisions`,
    )
    lines.push(...problems.map(({ kind, where, message }) => `${kind} ${where}: ${message}`))
    const answer = { json: { store: resolve(path), groups, problems }, text: textOf(lines, 'no groups') }
    if (problems.length === 0) return answer
    const failure = new FeatureStoreError(
      'store-damaged',
      `${path} is not sound: ${String(problems.length)} problems found.`,
      { where: resolve(path), hint: 'Restore the file from a backup; export what can still be read first.' },
    )
    return { ...answer, failure }
  })
}

export async function copy(from: string, to: string, io: CommandIo): Promise<Answer> {
  if (resolve(from) === resolve(to)) {
    throw new FeatureStoreError('bad-arguments', 'A store cannot be copied onto itself', {
      fault: 'input',
      where: resolve(from),
      hint: 'Name another file to copy to.',
    })
  }
  return withStore(from, { readOnly: true, io }, (source) =>
    withStore(to, { readOnly: false, io }, async (target) => {
      const groups = (await source.groups(io)).map(({ group }) => group)
      let [done, total] = [0, 0]
      for (const group of groups) total += (await source.describe(group, io)).rows
      using progress = progressLine(io)
      const onBatch = (group: AnyFeatureGroup, rows: number): void => {
        done += rows
        progress.tell(`copying rows, ${group.name}`, done, total)
      }
      const copied = await copyGroups(source, target, groups, { signal: io.signal, onBatch })
      const json = copied.map(({ group: { name, version }, ...counts }) => ({ name, version, ...counts }))
      const lines = copied.map(
        ({ group, rows, written }) =>
          `${groupLabel(group)}: ${String(rows)} rows read, ${String(written)} written`,
      )
      return {
        json: { from: resolve(from), to: resolve(to), groups: json },
        text: textOf(lines, 'no groups'),
      }
    }),
  )
}

export async function compact(path: string, flags: CompactFlags, io: CommandIo): Promise<Answer> {
  const options = {
    signal: io.signal,
    ...instantOption('historyBefore', '--history-before', flags.historyBefore, io),
    ...instantOption('eventsBefore', '--events-before', flags.eventsBefore, io),
  }
  requireWork(flags)
  return withStore(path, { readOnly: false, io }, async (store) => {
    const groups: object[] = []
    const lines: string[] = []
    for (const { group } of await chosenGroups(store, flags, io)) {
      const report = await store.compact(group, options)
      groups.push({ name: group.name, version: group.version, ...report })
      lines.push(
        `${groupLabel(group)}: ${String(report.rowsRemoved)} rows and ${String(report.revisionsRemoved)} revisions removed`,
      )
    }
    if (flags.vacuum === true) await store.vacuum(io)
    return { json: { store: resolve(path), groups }, text: textOf(lines, 'no groups') }
  })
}

export function backup(path: string, file: string, io: CommandIo): Promise<Answer> {
  return withStore(path, { readOnly: true, io }, async (store) => {
    await store.backup(resolve(file), io)
    return { json: { store: resolve(path), file: resolve(file) }, text: `${file} written\n` }
  })
}

function requireWork({ group, historyBefore, eventsBefore, vacuum }: CompactFlags): void {
  const refuse = (message: string): never => {
    throw new FeatureStoreError('bad-arguments', message, {
      fault: 'input',
      hint: 'For example: airq-store compact STORE --history-before 90d.',
    })
  }
  if (historyBefore === undefined && eventsBefore === undefined && vacuum !== true) {
    refuse('Nothing to do: give --history-before, --events-before or --vacuum')
  }
  if (eventsBefore !== undefined && group === undefined) refuse('--events-before needs --group')
}

async function chosenGroups(
  store: SqliteFeatureStore,
  { group, historyBefore, eventsBefore }: CompactFlags,
  io: CommandIo,
): Promise<StoredGroup[]> {
  if (historyBefore === undefined && eventsBefore === undefined) return []
  return group === undefined ? store.groups(io) : [await findGroup(store, group, io)]
}

function instantOption<Name extends string>(
  name: Name,
  flag: string,
  text: string | undefined,
  io: CommandIo,
): Partial<Record<Name, number>> {
  if (text === undefined) return {}
  return { [name]: instantOf(text, flag, io) } as Record<Name, number>
}
