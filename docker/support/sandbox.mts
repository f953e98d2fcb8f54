import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Image } from './buildah.mts'

// What `docker run --read-only --tmpfs /tmp --volume STATE:/state --volume CONFIG:/app/config.yaml:ro --network host`
// would be: the image's files, read-only, its user, environment and folder, the command as process 1.

const DEVICES = ['null', 'zero', 'random', 'urandom'] as const
/** Then it hangs, and is killed. */
const LONGEST_MS = 120_000
const SCRIPT = `
set -eu
path=$PATH
PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=$1 workdir=$2 user=$3 state=$4 config=$5
shift 5
mount --bind "$root" "$root"
mount --rbind /proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in ${DEVICES.join(' ')}; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount --bind "$state" "$root/state"
mount --bind "$config" "$root/app/config.yaml"
mount -o remount,bind,ro "$root/app/config.yaml"
mount -o remount,bind,ro "$root"
unshare=$(command -v unshare)
PATH=$path
exec "$unshare" --pid --fork --root "$root" --wd "$workdir" --setgid "$user" --setuid "$user" -- "$@"
`

export interface Mounts {
  /** On /state. */
  readonly state: string
  /** On /app/config.yaml. */
  readonly config: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Another user than the image's, as by `docker run --user`. */
  readonly user?: number
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Sends it a signal as `docker stop` does: to process 1 of the container. */
  signal(name: NodeJS.Signals): void
}

export function start(
  { root, config }: Image,
  mounts: Mounts,
  command: readonly string[],
  { env = {}, user }: RunOptions = {},
): Running {
  for (const folder of ['proc', 'dev', 'tmp', 'state']) mkdirSync(join(root, folder), { recursive: true })
  const mountPoint = join(root, 'app', 'config.yaml')
  if (!existsSync(mountPoint)) writeFileSync(mountPoint, '')
  const id = user ?? Number(config.User?.split(':')[0])
  const fixed = [root, config.WorkingDir ?? '/', String(id), mounts.state, mounts.config]
  const own = (config.Env ?? []).map((pair) => [
    pair.slice(0, pair.indexOf('=')),
    pair.slice(pair.indexOf('=') + 1),
  ])
  const child = spawn(
    '/usr/bin/unshare',
    ['--mount', '/bin/sh', '-c', SCRIPT, 'sandbox', ...fixed, ...command],
    {
      env: { ...(Object.fromEntries(own) as Record<string, string>), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const signal = (name: NodeJS.Signals): void => void process.kill(firstChild(child.pid), name)
  const ended = new Promise<Ended>((resolve, reject) => {
    // With process 1 the kernel ends all others of the container.
    const hanging = setTimeout(() => {
      signal('SIGKILL')
    }, LONGEST_MS)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(hanging)
      resolve({ code, stdout, stderr })
    })
  })
  return { child, ended, signal }
}

export function run(...args: Parameters<typeof start>): Promise<Ended> {
  return start(...args).ended
}

/** The outer `unshare` becomes the inner one, which waits for process 1 of the container. */
function firstChild(pid: number | undefined): number {
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
  const [first] = children.trim().split(' ')
  if (first === undefined || first === '') throw new Error('nothing runs in the container')
  return Number(first)
}
