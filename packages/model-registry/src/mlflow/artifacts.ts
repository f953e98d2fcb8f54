import { damaged, ModelRegistryError } from '../errors.ts'
import type { PackageFile, PackageSource } from '../package-files.ts'
import type { Context } from './context.ts'
import { isMissing } from './refusal.ts'
import { filesSchema } from './wire.ts'

const proxyRoot = '/api/2.0/mlflow-artifacts/artifacts'
const transferTimeoutMs = 120_000

/** The folder of a run in which the package lies. */
export const packageFolder = 'model'

/**
 * The path behind the server's proxy in a URI such as `mlflow-artifacts:/1/RUN/artifacts`; `null` where the files lie
 * elsewhere. A host in the URI is passed over: files are asked of no server but this one.
 */
function proxiedPath(uri: string): string | null {
  const path = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+([^?#]*)$/.exec(uri)?.[1]
  if (path === undefined || path.split('/').some((part) => ['', '.', '..'].includes(part))) return null
  return path
}

/** @throws ModelRegistryError `registry-refused` where the server does not pass files on */
export function requireProxied(uri: string): string {
  const path = proxiedPath(uri)
  if (path !== null) return path
  throw new ModelRegistryError(
    'registry-refused',
    `The artifacts of MLflow lie at ${uri}, which its server does not pass on.`,
    {
      fault: 'input',
      where: uri,
      hint: 'Use an experiment whose artifact location begins with mlflow-artifacts:, as of a server with --artifacts-destination.',
    },
  )
}

/** Puts the files in place one after the other, and sees that they arrived. A second time replaces them. */
export async function uploadFiles(
  { api, signal }: Context,
  folder: string,
  files: readonly PackageFile[],
): Promise<void> {
  for (const { path, text } of files) {
    await api.send({
      what: `Uploading ${path}`,
      method: 'PUT',
      path: `${proxyRoot}/${encoded(`${folder}/${path}`)}`,
      body: text,
      repeatable: true,
      timeoutMs: transferTimeoutMs,
      signal,
    })
  }
  const listed = await api.get(
    { what: 'Looking at the uploaded files', path: proxyRoot, query: { path: folder }, signal },
    filesSchema,
  )
  for (const { path, text } of files) {
    const size = listed.files.find((file) => file.path === path)?.file_size
    if (size === Buffer.byteLength(text)) continue
    throw new ModelRegistryError(
      'registry-unavailable',
      `MLflow took ${path} and shows ${size === undefined ? 'no such file' : `${String(size)} bytes of it`}.`,
      { retryable: true, where: `${folder}/${path}`, hint: 'Publish again: that uploads the files again.' },
    )
  }
}

/** The files of one version, by the server's proxy; where they lie elsewhere, as the server itself fetches them. */
export function artifactSource(
  { api, signal }: Context,
  version: { readonly name: string; readonly number: number; readonly uri: string },
): PackageSource {
  const { name, number, uri } = version
  const folder = proxiedPath(uri)
  const where = (path: string): string => `models:/${name}/${String(number)}/${path}`
  return {
    where,
    async read(path) {
      try {
        return await api.send({
          what: `Downloading ${path}`,
          ...(folder === null
            ? { path: '/model-versions/get-artifact', query: { name, version: number, path } }
            : { path: `${proxyRoot}/${encoded(`${folder}/${path}`)}` }),
          tolerate: isMissing,
          timeoutMs: transferTimeoutMs,
          signal,
        })
      } catch (error) {
        if (isTooLarge(error)) throw damaged(where(path), 'it is longer than any file of a package')
        throw error
      }
    },
  }
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

function isTooLarge(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && Reflect.get(cause, 'code') === 'too-large'
}
