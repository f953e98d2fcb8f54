import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { azureMlRunner, type AzureMlRunnerOptions, resolveAzureContext } from '../../src/azure-ml/index.ts'
import { dockerRunner, processRunner } from '../../src/index.ts'
import type { LocalRunnerOptions } from '../../src/local/local-runner.ts'
import {
  executeLocally,
  type FakeAzure,
  type FakeAzureOptions,
  MARKED_SECRET,
  type OpenedRunner,
  startFakeAzure,
} from '../../src/testing/index.ts'
import type { JobRunner } from '../../src/types.ts'
import { contentOf, temporary } from './temporary.ts'

/** The submitter's environment in tests: what finds programs, and the marked secret. */
export const submitterEnv = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  [MARKED_SECRET.variable]: MARKED_SECRET.value,
}

const STAND_IN = fileURLToPath(new URL('docker-stand-in.ts', import.meta.url))

export function openProcess(): Promise<OpenedRunner> {
  return openLocal((settings) => Promise.resolve(() => processRunner(settings)))
}

export function openDocker(): Promise<OpenedRunner> {
  return openLocal(async (settings, folder) => {
    const env = await withStandIn(folder)
    return () => dockerRunner({ ...settings, env })
  })
}

/** Puts the stand-in for `docker` on the PATH; what it was asked is in `docker/calls.jsonl` of the folder. */
export async function withStandIn(folder: string): Promise<typeof submitterEnv> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const script = `#!/bin/sh\nexec '${process.execPath}' '${STAND_IN}' '${join(folder, 'docker')}' "$@"\n`
  await writeFile(join(bin, 'docker'), script)
  await chmod(join(bin, 'docker'), 0o755)
  return { ...submitterEnv, PATH: `${bin}:${submitterEnv.PATH ?? ''}` }
}

export async function dockerCalls(folder: string): Promise<string[][]> {
  const text = await readFile(join(folder, 'docker', 'calls.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[])
}

async function openLocal(
  maker: (settings: LocalRunnerOptions, folder: string) => Promise<() => JobRunner>,
): Promise<OpenedRunner> {
  const folder = await temporary()
  const directory = join(folder.path, 'work')
  await mkdir(directory)
  const settings = {
    stateDirectory: join(folder.path, 'state'),
    env: submitterEnv,
    pollMs: 20,
    graceMs: 5_000,
  }
  const open = await maker(settings, folder.path)
  return {
    runner: open(),
    directory,
    reopen: open,
    exposed: () => contentOf(folder.path),
    dispose: async () => {
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Does not wait long for anything. */
export function azureRunner(fake: FakeAzure, more: Partial<AzureMlRunnerOptions> = {}) {
  return azureMlRunner({
    context: resolveAzureContext(fake.env, { resourceGroup: 'airq', workspace: 'airq-ml' }),
    env: fake.env,
    endpoint: fake.baseUrl,
    ca: fake.ca,
    compute: 'cpu',
    keyVaultUrl: 'https://airq.vault.azure.net',
    poll: { firstMs: 5, lastMs: 20 },
    retryDelayMs: 5,
    random: () => 0,
    ...more,
  })
}

export async function openAzure(options: FakeAzureOptions = {}): Promise<OpenedRunner & { fake: FakeAzure }> {
  const folder = await temporary()
  const { vaultName, value } = MARKED_SECRET
  const fake = await startFakeAzure({
    execute: executeLocally({ vault: { [vaultName]: value } }),
    ...options,
  })
  const open = (): JobRunner => azureRunner(fake)
  return {
    fake,
    runner: open(),
    directory: folder.path,
    reopen: open,
    exposed: () => Promise.resolve(JSON.stringify(fake.requests)),
    dispose: async () => {
      await fake.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}
