import { multipartParts } from './multipart.ts'
import { codes, Refusal } from './refusal.ts'
import { bytes, done, json, type Reply } from './reply.ts'
import { inQuery, type Call, type Routes } from './router.ts'
import { experimentModelId, experimentOf, nextId, type Asset, type Experiment, type State } from './state.ts'
import { zipOf } from './zips.ts'

export const assetRoutes: Routes = {
  'POST /write/experiment/upload-asset': upload,

  'POST /write/experiment/git/patch': (call) => {
    experimentOf(call.state, inQuery(call, 'experimentKey'))
    return done()
  },

  'GET /experiment/asset/list': (call) => {
    const type = inQuery(call, 'type') ?? 'all'
    const assets = asked(call)
      .assets.read()
      .filter((asset) => type === 'all' || asset.type === type)
    return json({ assets: assets.map(assetOf) })
  },

  'GET /experiment/asset/get-asset': (call) => {
    const asset = asked(call).assets.latest.find(({ id }) => id === inQuery(call, 'assetId'))
    if (asset === undefined) throw new Refusal(codes.other, 'no such asset')
    return bytes(asset.bytes)
  },

  'GET /write/experiment/asset/delete': (call) => {
    const { assets } = asked(call)
    const id = inQuery(call, 'assetId')
    if (!assets.latest.some((asset) => asset.id === id)) throw new Refusal(codes.other, 'no such asset')
    assets.set(
      assets.latest.filter((asset) => asset.id !== id),
      call.state.settings.hiddenReads,
    )
    return done('Deleted')
  },

  'GET /experiment/model': (call) => {
    const { state } = call
    const experiment = asked(call)
    const shown = experiment.assets.read()
    const names = new Set(shown.flatMap(({ groupingName }) => groupingName ?? []))
    return json({ models: [...names].map((name) => experimentModel(state, experiment, name)) })
  },

  'GET /experiment/model/download': (call) => {
    const elements = elementsOf(asked(call), inQuery(call, 'modelName') ?? '')
    if (elements.length === 0) throw new Refusal(codes.other, 'no such model')
    return bytes(zipOf(elements, call.state.settings.zip))
  },
}

/** As listed: of an experiment, and within a version. */
export function assetOf({ id, fileName, type, bytes: content, metadata, createdAt }: Asset): object {
  return {
    assetId: id,
    fileName,
    fileSize: content.length,
    runContext: null,
    step: null,
    remote: false,
    link: `/experiment/asset/get-asset?assetId=${id}`,
    createdAt,
    dir: fileName.includes('/') ? fileName.slice(0, fileName.lastIndexOf('/')) : 'others',
    canView: false,
    audio: false,
    video: false,
    image: /\.(svg|png)$/.test(fileName),
    histogram: false,
    type,
    metadata,
    tags: [],
  }
}

/** The files that make up a model of an experiment. */
export function elementsOf({ assets }: Experiment, modelName: string): Asset[] {
  return assets.latest.filter(
    ({ type, groupingName }) => type === 'model-element' && groupingName === modelName,
  )
}

function upload(call: Call): Reply {
  const { state } = call
  const experiment = asked(call)
  const fileName = inQuery(call, 'fileName') ?? ''
  const type = inQuery(call, 'type') ?? 'asset'
  const groupingName = inQuery(call, 'groupingName') ?? null
  if (fileName === '') throw new Refusal(codes.other, 'fileName is missing')
  if (type === 'model-element' && groupingName === null)
    throw new Refusal(codes.other, 'groupingName is missing')
  const parts = multipartParts(call)
  const file = parts.get('file')
  if (file === undefined) throw new Refusal(codes.other, 'there is no part named file')
  const { assets } = experiment
  const others = assets.latest.filter(
    (asset) => inQuery(call, 'overwrite') !== 'true' || asset.fileName !== fileName || asset.type !== type,
  )
  const asset: Asset = {
    id: nextId(state, 'asset'),
    fileName,
    type,
    groupingName,
    metadata: parts.get('metadata')?.toString('utf8') ?? null,
    bytes: file,
    createdAt: state.now(),
  }
  assets.set([...others, asset], state.settings.hiddenReads)
  return json({ msg: 'Uploaded', code: 200, assetId: asset.id })
}

function experimentModel(state: State, { key }: Experiment, name: string): object {
  const records = [...state.models.values()].flatMap((model) =>
    model.versions.latest
      .filter(({ experimentKey, modelName }) => experimentKey === key && modelName === name)
      .map(({ id, version, createdAt }) => ({
        registryModelId: model.id,
        registryModelItemId: id,
        registryModelName: model.name,
        version,
        createdAt,
      })),
  )
  return {
    experimentModelId: experimentModelId(key, name),
    experimentKey: key,
    [state.settings.innerName]: name,
    registryRecords: records,
  }
}

function asked(call: Call): Experiment {
  return experimentOf(call.state, inQuery(call, 'experimentKey'))
}
