/**
 * Stands in for the command `docker`, where there is no engine: it records its arguments and runs "containers" as
 * processes that outlive the command, with the variables named by `--env` alone.
 * Usage: docker-stand-in.ts STATE ARGUMENT…
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

const [state = '', ...argv] = process.argv.slice(2)
const containerOf = (name: string) => join(state, 'containers', name)
const exitOf = (name: string) => join(state, `exit-${name}`)

interface Container {
  readonly pid: number
  readonly labels: Record<string, string>
}

function container(name: string): Container {
  const file = join(containerOf(name), 'container.json')
  if (!existsSync(file)) {
    process.stderr.write(`Error response from daemon: No such container: ${name}\n`)
    process.exit(1)
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Container
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await sleep(10)
}

async function run(args: string[]): Promise<number> {
  const many = { type: 'string', multiple: true } as const
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    strict: false,
    options: { name: { type: 'string' }, entrypoint: { type: 'string' }, env: many, label: many },
  })
  const name = String(values.name)
  mkdirSync(join(state, 'containers'), { recursive: true })
  try {
    mkdirSync(containerOf(name))
  } catch {
    process.stderr.write(
      `docker: Error response from daemon: Conflict. The container name "/${name}" is in use.\n`,
    )
    return 125
  }
  const env = Object.fromEntries(
    ((values.env ?? []) as string[]).map((text) => {
      const [key = '', ...value] = text.split('=')
      return [key, text.includes('=') ? value.join('=') : (process.env[key] ?? '')]
    }),
  )
  const labels = Object.fromEntries(
    ((values.label ?? []) as string[]).map((text) => text.split('=') as [string, string]),
  )
  // After the image come the arguments of its entry point.
  const inner = args.slice(args.indexOf(positionals.find((text) => text.includes('@sha256:'))!) + 1)
  const child = spawn(
    process.execPath,
    [process.argv[1]!, state, 'engine', name, String(values.entrypoint), ...inner],
    { detached: true, stdio: 'inherit', env: { PATH: process.env['PATH'] ?? '', ...env } },
  )
  const file = join(containerOf(name), 'container.json')
  writeFileSync(`${file}.new`, JSON.stringify({ pid: child.pid, labels }))
  renameSync(`${file}.new`, file)
  process.on('SIGTERM', () => process.kill(-child.pid!, 'SIGTERM'))
  await until(() => existsSync(exitOf(name)))
  return Number(readFileSync(exitOf(name), 'utf8'))
}

/** The engine's part: outlives `docker run`, keeps the exit code, removes the container. */
async function engine([name = '', ...command]: string[]): Promise<number> {
  process.on('SIGTERM', () => undefined)
  const child = spawn(command[0]!, command.slice(1), { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  writeFileSync(`${exitOf(name)}.new`, String(code ?? 143))
  renameSync(`${exitOf(name)}.new`, exitOf(name))
  rmSync(containerOf(name), { recursive: true })
  return 0
}

async function stop(name: string): Promise<number> {
  const { pid } = container(name)
  process.kill(-pid, 'SIGTERM')
  await until(() => existsSync(exitOf(name)))
  return 0
}

async function main(): Promise<number> {
  const [command = '', ...rest] = argv
  if (command === 'engine') return engine(rest)
  mkdirSync(state, { recursive: true })
  appendFileSync(join(state, 'calls.jsonl'), `${JSON.stringify(argv)}\n`)
  const name = rest.at(-1) ?? ''
  if (command === 'run') return run(rest)
  if (command === 'stop') return stop(name)
  if (command === 'container') {
    const label = /"(.+)"/.exec(rest.join(' '))?.[1] ?? ''
    process.stdout.write(`${container(name).labels[label] ?? ''}\n`)
    return 0
  }
  container(name)
  await until(() => existsSync(exitOf(name)))
  process.stdout.write(
    command === 'wait' ? `${readFileSync(exitOf(name), 'utf8')}\n` : `the output of ${name}\n`,
  )
  return 0
}

process.exitCode = await main()
