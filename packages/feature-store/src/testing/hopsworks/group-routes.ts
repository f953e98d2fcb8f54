import { checkFeatures, checkNewGroup, groupDto, readGroup, withPrecombineKey } from './group-rules.ts'
import { groupDataRoutes } from './group-data-routes.ts'
import { illegalArgument, Refusal } from './refusal.ts'
import { json, type Reply } from './reply.ts'
import { jsonBody, type Call, type Route } from './router.ts'
import { takeId, type Group } from './state.ts'

const groups = '/project/:project/featurestores/:store/featuregroups'
const access = { scopes: ['FEATURESTORE'] } as const

export const groupRoutes: readonly Route[] = [
  { method: 'POST', path: groups, access, consumes: ['application/json'], handle: create },
  {
    method: 'GET',
    path: groups,
    access,
    handle({ state }) {
      const items = state.groups.map((group) => groupDto(group, state))
      return json({ items, count: items.length })
    },
  },
  { method: 'GET', path: `${groups}/:group`, access, handle: find },
  { method: 'PUT', path: `${groups}/:group`, access, consumes: ['application/json'], handle: update },
  { method: 'DELETE', path: `${groups}/:group`, access, handle: remove },
  ...groupDataRoutes(groups, access, groupById),
]

function create(call: Call): Reply {
  const { state } = call
  assertOwner(call)
  const asked = readGroup(jsonBody(call))
  const versions = state.groups.filter(({ name }) => name === asked.name).map(({ version }) => version)
  checkNewGroup(asked, state)
  const group: Group = {
    ...asked,
    features: withPrecombineKey(asked),
    id: takeId(state),
    version: asked.version ?? Math.max(0, ...versions) + 1,
    created: state.now(),
    offline: new Map(),
    online: { shown: new Map(), coming: [] },
    commits: [],
  }
  state.groups.push(group)
  return json(groupDto(group, state), 201)
}

/** A number is an id and gives one; a name gives a list: of one with `version`, else of all versions. */
function find(call: Call): Reply {
  const { state, query } = call
  const asked = call.at('group')
  if (/^\d+$/.test(asked)) return json(groupDto(groupById(call), state))
  const named = state.groups.filter(({ name }) => name === asked)
  const version = query.get('version')
  if (version === null) {
    if (named.length === 0 && state.behaviours.unknownName === 'refused') {
      throw illegalArgument(`Could not find feature group: ${asked}`)
    }
    return json(named.map((group) => groupDto(group, state)))
  }
  const group = named.find((other) => String(other.version) === version)
  if (group === undefined) throw new Refusal(270009, `name: ${asked}, version: ${version}`)
  return json([groupDto(group, state)])
}

/** Description, and features appended: nothing else can change. */
function update(call: Call): Reply {
  const { state, query } = call
  assertOwner(call)
  const group = groupById(call)
  if (query.get('updateMetadata') !== 'true') {
    return json(groupDto(group, state))
  }
  const asked = readGroup(jsonBody(call))
  for (const known of group.features) {
    const same = asked.features.find(({ name }) => name === known.name)
    if (same?.type !== known.type || same.primary !== known.primary || same.partition !== known.partition) {
      throw new Refusal(270114, `the existing feature ${known.name} may not change`)
    }
  }
  const added = asked.features.filter(({ name }) => !group.features.some((known) => known.name === name))
  checkFeatures(added)
  if (added.some(({ primary, partition }) => primary || partition)) {
    throw new Refusal(270114, 'an appended feature may be no key')
  }
  if (asked.description.length > 256) throw new Refusal(270092)
  group.description = asked.description
  group.features = [...group.features, ...added]
  return json(groupDto(group, state))
}

function remove(call: Call): Reply {
  const { state } = call
  assertOwner(call)
  const group = groupById(call)
  state.groups.splice(state.groups.indexOf(group), 1)
  return json(null)
}

/** @throws Refusal 404/270009 */
function groupById({ state, at }: Call): Group {
  const group = state.groups.find(({ id }) => String(id) === at('group'))
  if (group === undefined) throw new Refusal(270009, `feature group id: ${at('group')}`)
  return group
}

function assertOwner({ key }: Call): void {
  if (key.projectRole !== 'Data owner') throw new Refusal(270024)
}
