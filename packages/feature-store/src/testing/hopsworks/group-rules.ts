import { creator } from './account-routes.ts'
import { Refusal } from './refusal.ts'
import type { Feature, Group, State } from './state.ts'

const NAME = /^(?=.{1,63}$)([a-z]{1}[a-z0-9_]*)$/
const MAX_ROW_BYTES = 30_000
const MAX_KEY_BYTES = 4000
const MAX_COLUMNS = 500
const KEY_TYPES = ['int', 'tinyint', 'smallint', 'bigint', 'varchar', 'varbinary', 'date']

/** What of a feature group a request may say. */
export interface GroupRequest {
  readonly type: string
  readonly name: string
  readonly version: number | null
  readonly description: string
  readonly onlineEnabled: boolean
  readonly timeTravelFormat: string
  readonly eventTime: string | null
  readonly features: readonly Feature[]
}

export function readGroup(body: Readonly<Record<string, unknown>>): GroupRequest {
  const { type, name, version, description, features, eventTime } = body
  if (type !== 'cachedFeaturegroupDTO' && type !== 'streamFeatureGroupDTO') {
    throw new Refusal(120001, 'type is missing or not known')
  }
  const format = body['timeTravelFormat'] ?? (type === 'streamFeatureGroupDTO' ? 'HUDI' : 'NONE')
  if (typeof format !== 'string' || !['NONE', 'HUDI', 'DELTA', 'ICEBERG'].includes(format)) {
    throw new Refusal(120001, 'timeTravelFormat is not known')
  }
  return {
    type,
    name: typeof name === 'string' ? name : '',
    version: typeof version === 'number' ? version : null,
    description: typeof description === 'string' ? description : '',
    onlineEnabled: body['onlineEnabled'] === true,
    timeTravelFormat: format,
    eventTime: typeof eventTime === 'string' ? eventTime : null,
    features: Array.isArray(features) ? features.map(readFeature) : [],
  }
}

function readFeature(value: unknown): Feature {
  if (typeof value !== 'object' || value === null) throw new Refusal(120001, 'a feature is no object')
  const feature = value as Record<string, unknown>
  if ((feature['defaultValue'] ?? null) !== null) throw new Refusal(270132)
  const text = (name: string): string => (typeof feature[name] === 'string' ? feature[name] : '')
  return {
    name: text('name'),
    type: text('type').toLowerCase(),
    description: text('description'),
    primary: feature['primary'] === true,
    partition: feature['partition'] === true,
    hudiPrecombineKey: feature['hudiPrecombineKey'] === true,
    onlineType: text('onlineType') === '' ? null : text('onlineType').toLowerCase(),
  }
}

/** In the order of the server: a group that exists, duplicates, names, types, keys, the online table, quotas. */
export function checkNewGroup(group: GroupRequest, state: State): void {
  const { name, version, features } = group
  if (state.groups.some((other) => other.name === name && other.version === version)) {
    throw new Refusal(270089, `feature group: ${name}, version: ${String(version)}`)
  }
  const names = features.map((feature) => feature.name)
  if (new Set(names).size < names.length) throw new Refusal(270224)
  if (!NAME.test(name)) throw new Refusal(270091, name)
  if (group.description.length > 256) throw new Refusal(270092)
  checkFeatures(features)
  if (version !== null && version <= 0) throw new Refusal(270059)
  checkEventTime(group)
  checkHudi(group)
  if (group.onlineEnabled) checkOnline(features)
  const { featureGroups } = state.quotas
  if (featureGroups >= 0 && state.groups.length >= featureGroups) {
    throw new Refusal(270001, 'Quota of feature groups exceeded: quotas_featuregroups_online_enabled')
  }
}

export function checkFeatures(features: readonly Feature[]): void {
  for (const { name, type, description } of features) {
    if (!NAME.test(name)) throw new Refusal(270040, name)
    if (description.length > 256) throw new Refusal(270092, name)
    if (type === '') throw new Refusal(270212, name)
  }
}

function checkEventTime({ eventTime, features }: GroupRequest): void {
  if (eventTime === null) return
  const feature = features.find(({ name }) => name === eventTime)
  if (feature === undefined) throw new Refusal(270172, eventTime)
  if (!['timestamp', 'date', 'bigint'].includes(feature.type)) throw new Refusal(270171, feature.type)
}

/** The official client sends no key to combine by and expects one in the answer: the first of the primary key. */
export function withPrecombineKey({ timeTravelFormat, features }: GroupRequest): readonly Feature[] {
  if (timeTravelFormat !== 'HUDI' || features.some((feature) => feature.hudiPrecombineKey)) return features
  const first = features.find(({ primary }) => primary)
  return features.map((feature) => (feature === first ? { ...feature, hudiPrecombineKey: true } : feature))
}

/** Of a stream group, and of one kept by Hudi: a primary key. */
function checkHudi({ type, timeTravelFormat, features }: GroupRequest): void {
  if (timeTravelFormat !== 'HUDI' && type !== 'streamFeatureGroupDTO') return
  if (!features.some(({ primary }) => primary)) throw new Refusal(270121)
}

function checkOnline(features: readonly Feature[]): void {
  const refuse = (why: string): never => {
    throw new Refusal(270176, why)
  }
  if (features.length > MAX_COLUMNS) refuse('too many columns')
  for (const feature of features) {
    const online = onlineTypeOf(feature)
    if (!fits(feature.type, online)) refuse(`types do not fit: ${feature.name} ${feature.type} ${online}`)
    if (feature.primary && !KEY_TYPES.some((type) => online.startsWith(type))) {
      refuse(`primary key type is not supported: ${feature.name} ${online}`)
    }
  }
  const bytes = features.reduce((sum, feature) => sum + onlineBytes(onlineTypeOf(feature)), 0)
  if (bytes > MAX_ROW_BYTES) refuse(`row size > 30000 bytes (estimated size: ${String(bytes)} bytes)`)
  const keys = features.filter(({ primary }) => primary)
  const keyBytes = keys.reduce((sum, feature) => sum + onlineBytes(onlineTypeOf(feature)), 0)
  if (keyBytes > MAX_KEY_BYTES) refuse(`primary key is > 4000 bytes (estimated: ${String(keyBytes)} bytes)`)
}

function onlineTypeOf({ type, onlineType }: Feature): string {
  if (onlineType !== null) return onlineType.replaceAll(' ', '')
  if (type === 'string') return 'varchar(100)'
  if (type === 'boolean') return 'tinyint'
  return /^(?:int|bigint|float|double|decimal|date|timestamp)/.test(type) ? type : 'varbinary(100)'
}

/** Characters an online text takes; `undefined` where it is no varchar. */
export function varcharLength(feature: Feature): number | undefined {
  const length = /^varchar\((\d+)\)/.exec(onlineTypeOf(feature))?.[1]
  return length === undefined ? undefined : Number(length)
}

function fits(offline: string, online: string): boolean {
  if (offline === online) return true
  if (offline === 'int') return online === 'tinyint' || online === 'smallint'
  if (offline === 'boolean') return online === 'tinyint'
  if (offline === 'string') return /^(?:varchar|text$|mediumtext$|longtext$)/.test(online)
  return /^(?:array|struct|binary|map)/.test(offline) && /^varbinary|blob$/.test(online)
}

function onlineBytes(online: string): number {
  const sizes: Readonly<Record<string, number>> = { tinyint: 1, smallint: 2, int: 4, float: 4, text: 256 }
  const length = Number(/\((\d+)\)/.exec(online)?.[1] ?? 0)
  if (online.startsWith('varchar')) return online.includes('latin1') ? length : length * 4
  if (online.startsWith('varbinary')) return Math.round(length * 1.4)
  return sizes[online] ?? 8
}

/** What the answer to a request about a group says. */
export function groupDto(group: Group, state: State): object {
  const { project } = state
  return {
    type: group.type,
    id: group.id,
    name: group.name,
    version: group.version,
    description: group.description,
    featurestoreId: project.storeId,
    featurestoreName: `${project.name.toLowerCase()}_featurestore`,
    created: new Date(group.created).toISOString(),
    creator,
    onlineEnabled: group.onlineEnabled,
    onlineTopicName: group.onlineEnabled ? `${project.name}_onlinefs` : project.name,
    topicName: null,
    timeTravelFormat: group.timeTravelFormat,
    eventTime: group.eventTime,
    location: `hopsfs://namenode:8020/apps/hive/warehouse/${project.name.toLowerCase()}_featurestore.db/${group.name}_${String(group.version)}`,
    features: group.features.map((feature) => ({
      ...feature,
      defaultValue: null,
      featureGroupId: group.id,
      onDemand: false,
      foreign: false,
    })),
    statisticsConfig: {
      enabled: false,
      histograms: false,
      correlations: false,
      exactUniqueness: false,
      columns: [],
    },
    deprecated: false,
    transformationFunctions: [],
    href: `/project/${String(project.id)}/featurestores/${String(project.storeId)}/featuregroups/${String(group.id)}`,
  }
}
