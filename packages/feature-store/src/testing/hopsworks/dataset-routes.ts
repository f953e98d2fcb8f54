import { absolute } from './dataset-paths.ts'
import type { Inode } from './file-tree.ts'
import { illegalArgument, Refusal } from './refusal.ts'
import { bytes, json, nothing, type Reply } from './reply.ts'
import type { Call, Route } from './router.ts'
import type { State } from './state.ts'

/** Files of the project: stat, list, make a folder, delete, download. */
export const datasetRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/project/:project/dataset/download/with_auth/:path+',
    access: { scopes: ['DATASET_VIEW'] },
    handle: download,
  },
  {
    // The call for a token takes a JWT only, never an API key.
    method: 'GET',
    path: '/project/:project/dataset/download/token/:path+',
    access: { scopes: [] },
    handle() {
      throw new Refusal(200003)
    },
  },
  {
    method: 'GET',
    path: '/project/:project/dataset/:path+',
    access: { scopes: ['DATASET_VIEW'] },
    handle: look,
  },
  {
    method: 'POST',
    path: '/project/:project/dataset/:path+',
    access: { scopes: ['DATASET_CREATE'] },
    handle: makeFolder,
  },
  {
    method: 'DELETE',
    path: '/project/:project/dataset/:path+',
    access: { scopes: ['DATASET_DELETE'] },
    handle(call) {
      call.state.files.remove(pathOf(call))
      return nothing
    },
  },
]

function look(call: Call): Reply {
  const { state, query } = call
  const action = (query.get('action') ?? 'stat').toLowerCase()
  if (action === 'stat') return json(inodeDto(state, state.files.stat(pathOf(call))))
  if (action !== 'listing') throw illegalArgument('action')
  const items = sorted(state.files.list(pathOf(call)), query.get('sort_by') ?? '')
  const offset = whole(query.get('offset'), 0)
  const limit = whole(query.get('limit'), items.length)
  return json({
    items: items.slice(offset, offset + limit).map((inode) => inodeDto(state, inode)),
    count: items.length,
  })
}

function download(call: Call): Reply {
  const inode = call.state.files.stat(pathOf(call))
  if (inode.dir) throw new Refusal(110018, `no file: ${inode.path}`)
  return bytes(inode.body)
}

function makeFolder(call: Call): Reply {
  const { state, query } = call
  if (query.get('action')?.toLowerCase() !== 'create') throw illegalArgument('action')
  const path = absolute(state, call.at('path'))
  if (state.files.get(path) !== undefined) throw new Refusal(110008, path)
  state.files.makeFolder(path)
  return json(inodeDto(state, state.files.stat(path)), 201)
}

/** @throws Refusal 110011 where the top folder is not there: 400, not 404 */
function pathOf(call: Call): string {
  const { state } = call
  const path = absolute(state, call.at('path'))
  const dataset = path.split('/').slice(0, 4).join('/')
  if (state.files.get(dataset) === undefined) throw new Refusal(110011, `dataset: ${dataset}`)
  if (state.files.get(path) === undefined && call.query.has('action')) {
    throw new Refusal(110018, `path: ${path}`)
  }
  return path
}

function sorted(inodes: readonly Inode[], sortBy: string): Inode[] {
  const [field = '', direction = 'asc'] = sortBy.toLowerCase().split(':')
  if (!['', 'id', 'name', 'size', 'modification_time'].includes(field)) throw illegalArgument('sort_by')
  const order = direction === 'desc' ? -1 : 1
  const by = (a: Inode, b: Inode): number => {
    if (field === 'name') return a.path < b.path ? -1 : 1
    if (field === 'size') return a.body.length - b.body.length
    return field === 'modification_time' ? a.modified - b.modified : a.id - b.id
  }
  return [...inodes].sort((a, b) => by(a, b) * order)
}

function whole(text: string | null, otherwise: number): number {
  if (text === null) return otherwise
  if (!/^\d+$/.test(text)) throw illegalArgument('offset or limit')
  return Number(text)
}

function inodeDto({ project }: State, { id, path, dir, modified, body }: Inode): object {
  return {
    href: `/project/${String(project.id)}/dataset${path}`,
    attributes: {
      id,
      path,
      dir,
      name: path.split('/').at(-1),
      size: body.length,
      permission: 'rwxr-x---',
      modificationTime: new Date(modified).toISOString(),
      accessTime: new Date(modified).toISOString(),
      owner: `${project.name}__fake0000`,
      group: project.name,
      parentId: 0,
      underConstruction: false,
    },
  }
}
