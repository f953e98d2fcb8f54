import { createApi } from './api.ts'
import { connect } from './connect.ts'
import { RemoteStore } from './hopsworks-store.ts'
import { defaultDomains } from './key-plan.ts'
import { Reader } from './reader.ts'
import { settingsOf } from './settings.ts'
import type { HopsworksStore, HopsworksStoreOptions } from './types.ts'
import type { CallOptions } from '../types.ts'

export type { KeyDomain, KeyDomains, KeyQuery, KeyRow, KeyValue } from './key-plan.ts'
export type {
  FlushReport,
  HopsworksProgress,
  HopsworksStore,
  HopsworksStoreOptions,
  HopsworksUpsertReport,
} from './types.ts'

/**
 * The feature store of a Hopsworks project, over its REST API with an API key. Looks up project and feature store;
 * makes nothing.
 * @throws FeatureStoreError `bad-config`, `untrusted-host`, `unauthorized`, `missing-scope`, `forbidden`,
 * `project-not-found`, `unavailable`, `remote-failed`, `bad-answer`, `aborted`
 */
export async function openHopsworksStore(
  options: HopsworksStoreOptions,
  { signal }: CallOptions = {},
): Promise<HopsworksStore> {
  const settings = settingsOf(options)
  const api = createApi(settings, options.http)
  const context = { api, settings, connection: await connect(api, settings, signal) }
  return new RemoteStore(
    context,
    new Reader(context, { ...defaultDomains, ...options.keyDomains }, options.http),
  )
}
