import type { HttpClient } from '@airq/http'

import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { Row } from '../row-schema.ts'
import type { AnyFeatureGroup } from '../types.ts'
import { exportRows } from './export.ts'
import type { GroupContext } from './groups.ts'
import { planKeys, type KeyDomains, type KeyPlan } from './key-plan.ts'
import { readOnline, waitForOnlineCopy } from './online-read.ts'
import { probeOnline, type OnlineServer } from './online.ts'
import { onlineFilling } from './preview.ts'
import { badQuery, readValue, type RowQuery } from './rows.ts'
import type { GroupDto } from './wire.ts'
import { ensureView, type View } from './views.ts'

const NOT_FILLED = '; this group is read by export from now on (see groupType)'

/** Reads of one store: chooses the way and says which. */
export class Reader {
  readonly #context: GroupContext
  readonly #domains: KeyDomains
  readonly #http: HttpClient | undefined
  readonly #views = new Map<string, View>()
  /** Whether the online copy is filled, by the group's label. */
  readonly #filled = new Map<string, boolean>()
  #server: OnlineServer | { readonly reason: string } | undefined

  constructor(context: GroupContext, domains: KeyDomains, http: HttpClient | undefined) {
    this.#context = context
    this.#domains = domains
    this.#http = http
  }

  /**
   * After a write: waits until the online copy shows it, where reads go there, so that the next process sees it too.
   * The rows are written whatever happens here, so it is told and not thrown.
   */
  async settle(
    group: AnyFeatureGroup,
    stored: GroupDto,
    rows: readonly Row[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { settings } = this.#context
    if (!this.#readsOnline(group, stored)) return
    try {
      const server = await this.#onlineServer(group, signal)
      if (server === undefined) return
      const view = await this.#view(group, stored, signal)
      const shown = await waitForOnlineCopy({ server, settings, group, view, signal }, rows)
      this.#filled.set(groupLabel(group), shown)
      if (!shown) this.#tell(group, `the online copy does not show what was written${NOT_FILLED}`)
    } catch (error) {
      if (!FeatureStoreError.isInstance(error)) throw error
      this.#tell(group, `written; whether the online copy shows it is not known: ${error.message}`)
    }
  }

  /** All rows the query asks for; more may come with them, and keys twice. */
  async rows(
    group: AnyFeatureGroup,
    stored: GroupDto,
    query: RowQuery,
    signal: AbortSignal | undefined,
  ): Promise<Row[]> {
    const { settings } = this.#context
    const plan = this.#readsOnline(group, stored) ? this.#plan(group, query) : null
    const server = plan === null ? undefined : await this.#onlineServer(group, signal)
    const view = await this.#view(group, stored, signal)
    if (plan === null || server === undefined) return this.#exported(group, view, query, signal)
    const rows = await readOnline({ server, settings, group, view, signal }, plan)
    if (rows.length > 0 || (await this.#isFilled(group, stored, signal))) return rows
    return this.#exported(group, view, query, signal)
  }

  /** Null: by export, as the keys are more than look-ups are quick for, or cannot be named. */
  #plan(group: AnyFeatureGroup, query: RowQuery): KeyPlan | null {
    const plan = planKeys(group, query, this.#domains)
    if (typeof plan !== 'string') return plan
    if (plan === 'too-many') this.#tell(group, 'it can have too many keys to look up; read by export')
    else if (this.#context.settings.read === 'online') {
      throw badQuery(
        group,
        'its keys cannot be named: give keys, from and to, or keyDomains (or read by export)',
      )
    }
    return null
  }

  #readsOnline(group: AnyFeatureGroup, stored: GroupDto): boolean {
    const { read } = this.#context.settings
    if (read !== 'auto') return read === 'online'
    return stored.onlineEnabled !== false && this.#filled.get(groupLabel(group)) !== false
  }

  /** No row online may mean that nothing fills the copy. @throws FeatureStoreError `unavailable` if it must be online */
  async #isFilled(
    group: AnyFeatureGroup,
    stored: GroupDto,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const label = groupLabel(group)
    if (this.#filled.get(label) === true) return true
    const filling = await onlineFilling(this.#context, stored, signal)
    if (filling === 'both-empty') return true
    this.#filled.set(label, filling === 'filled')
    if (filling === 'filled') return true
    if (this.#context.settings.read === 'auto') {
      this.#tell(group, `the online copy is empty and the offline one is not${NOT_FILLED}`)
      return false
    }
    throw new FeatureStoreError(
      'unavailable',
      `The online copy of ${label} is empty and the offline one is not.`,
      {
        retryable: true,
        where: group.name,
        hint: 'After a first write wait a minute. If it stays, read by export (read: export) or declare a new version of the group with groupType: stream.',
      },
    )
  }

  #tell(group: AnyFeatureGroup, message: string): void {
    this.#context.settings.progress({ step: 'online', group: groupLabel(group), message })
  }

  async #exported(
    group: AnyFeatureGroup,
    view: View,
    { from }: RowQuery,
    signal: AbortSignal | undefined,
  ): Promise<Row[]> {
    const rows = await exportRows({ ...this.#context, group, signal }, view, from)
    return rows.map((cells) =>
      Object.fromEntries(
        Object.entries(group.columns).map(([name, column]) => [
          name,
          readValue(group, name, column, cells.get(name)),
        ]),
      ),
    )
  }

  /** Undefined: there is none, and reads go by export. @throws FeatureStoreError where it must be online */
  async #onlineServer(
    group: AnyFeatureGroup,
    signal: AbortSignal | undefined,
  ): Promise<OnlineServer | undefined> {
    const { api, settings, connection } = this.#context
    if (this.#server === undefined) {
      this.#server = await probeOnline(api, settings, connection, this.#http, signal)
      const message =
        'reason' in this.#server
          ? `by export, because of the online server: ${this.#server.reason}`
          : `by the online server ${this.#server.host} where keys can be named, else by export`
      settings.progress({ step: 'read-mode', message })
    }
    if (!('reason' in this.#server)) return this.#server
    if (settings.read === 'auto') return undefined
    const { reason } = this.#server
    this.#server = undefined
    throw new FeatureStoreError('unavailable', `The online server cannot be used: ${reason}.`, {
      retryable: true,
      where: group.name,
      hint: 'Check onlineHost and onlinePort, or read by export (read: export, or auto).',
    })
  }

  async #view(group: AnyFeatureGroup, stored: GroupDto, signal: AbortSignal | undefined): Promise<View> {
    const label = `${groupLabel(group)} ${String(stored.features.length)}`
    const known = this.#views.get(label)
    if (known !== undefined) return known
    const view = await ensureView(this.#context, group, stored, signal)
    this.#views.set(label, view)
    return view
  }
}
