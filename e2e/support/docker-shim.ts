/**
 * Stands in for the command `docker` where there is no engine: `docker run` starts a process with the variables of
 * `--env` alone, and has what `--volume` and `--mount` mount where it really is. A script: docker-shim.mjs COMMANDS ARGUMENT…
 */
export const DOCKER_SHIM = `
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const [commands, action, ...args] = process.argv.slice(2)
if (action !== 'run') {
  process.stderr.write('Error response from daemon: No such container\\n')
  process.exit(1)
}
const valuesOf = (flag) => args.filter((_, i) => args[i - 1] === flag)
const env = Object.fromEntries(
  valuesOf('--env').flatMap((text) => {
    const [name, ...value] = text.split('=')
    const own = text.includes('=') ? value.join('=') : process.env[name]
    return own === undefined ? [] : [[name, own]]
  }),
)
const [host, inside] = valuesOf('--volume')[0].split(':')
let command = args.at(-1).replaceAll(' ' + inside + ' ', ' ' + host + ' ')
for (const mount of valuesOf('--mount')) {
  const { source, target } = Object.fromEntries(mount.split(',').map((field) => field.split('=')))
  command = command.replaceAll(target, source)
}
const child = spawn('/bin/sh', ['-c', command], {
  cwd: '/',
  env: { PATH: commands + ':' + process.env.PATH, ...env },
  stdio: 'inherit',
})
const [code] = await once(child, 'exit')
process.exitCode = code ?? 137
`
