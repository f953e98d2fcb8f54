import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

export interface MlflowServer extends AsyncDisposable {
  readonly baseUrl: string
}

const START_MS = 120_000

/** A real `mlflow server` on loopback with an empty database; with a password, one that keeps no artifacts. */
export async function startMlflowServer(
  python: string,
  admin?: { readonly username: string; readonly password: string },
): Promise<MlflowServer> {
  const folder = mkdtempSync(join(tmpdir(), 'airq-mlflow-'))
  const port = await freePort()
  const kept = admin === undefined
  const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1']
  args.push('--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`)
  args.push(...(kept ? ['--artifacts-destination', join(folder, 'artifacts')] : ['--no-serve-artifacts']))
  args.push(
    ...(kept ? [] : ['--default-artifact-root', join(folder, 'artifacts'), '--app-name', 'basic-auth']),
  )
  const child = spawn(python, args, {
    cwd: folder,
    // Its workers with it, when it is stopped.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      // Its runners of jobs of language models, which start slowly beside it.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      ...(admin && guard(folder, admin)),
    },
  })
  const complaints = text(child.stderr)
  const baseUrl = `http://127.0.0.1:${String(port)}`
  const ended = once(child, 'exit')
  const server: MlflowServer = {
    baseUrl,
    async [Symbol.asyncDispose]() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
  for (const until = Date.now() + START_MS; Date.now() < until;) {
    if (child.exitCode !== null) throw new Error(`mlflow server ended:\n${(await complaints).slice(-2000)}`)
    if (
      await fetch(`${baseUrl}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return server
    await sleep(250)
  }
  await server[Symbol.asyncDispose]()
  throw new Error(`mlflow server did not answer within ${String(START_MS / 1000)} s`)
}

/** Every registered model with its versions; runs and their files stay. */
export async function deleteModels(baseUrl: string): Promise<void> {
  const api = `${baseUrl}/api/2.0/mlflow/registered-models`
  const answer = (await (await fetch(`${api}/search?max_results=1000`)).json()) as {
    registered_models?: { name: string }[]
  }
  for (const { name } of answer.registered_models ?? []) {
    await fetch(`${api}/delete`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
  }
}

/** The settings of its app for basic authentication. */
function guard(folder: string, admin: { username: string; password: string }): NodeJS.ProcessEnv {
  const file = join(folder, 'auth.ini')
  const settings = {
    default_permission: 'READ',
    database_uri: `sqlite:///${join(folder, 'auth.db')}`,
    admin_username: admin.username,
    admin_password: admin.password,
    authorization_function: 'mlflow.server.auth:authenticate_request_basic_auth',
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`)
  writeFileSync(file, `[mlflow]\n${lines.join('\n')}\n`)
  return { MLFLOW_AUTH_CONFIG_PATH: file, MLFLOW_FLASK_SERVER_SECRET_KEY: 'invented' }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
