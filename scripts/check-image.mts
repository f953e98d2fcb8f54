import { spawnSync } from 'node:child_process'
import { BINS } from './built-apps.mts'

// Starts every command of an app's image in Docker: check-image APP IMAGE. More is tested without an engine, by
// image-test. Skipped with a line where there is no Docker, but not in a workflow.

const [app = '', image = ''] = process.argv.slice(2).filter((argument) => argument !== '--')
const commands = Object.entries(BINS)
  .filter(([, of]) => of === app)
  .map(([bin]) => bin)
if (image === '' || commands.length === 0) {
  process.stderr.write('check-image: APP IMAGE\n')
  process.exit(2)
}
if (spawnSync('docker', ['version']).status === 0) {
  const failed = commands.flatMap((command) => [
    ...starts(0, [command, '--version']),
    ...(command.endsWith('-pipeline') ? starts(0, [command.replaceAll('-', '_'), '--help']) : []),
    ...starts(2, [command, 'none.yaml', '--wrong']),
  ])
  if (failed.length > 0) throw new Error(failed.join('\n'))
  process.stdout.write(`${image}: ${String(commands.length)} commands start\n`)
} else if (process.env['GITHUB_ACTIONS'] === 'true') {
  throw new Error('there is no Docker')
} else {
  process.stdout.write('skipped: there is no Docker\n')
}

/** What was otherwise than expected. */
function starts(code: number, command: readonly string[]): string[] {
  const { status, stderr } = spawnSync(
    'docker',
    ['run', '--rm', '--read-only', '--tmpfs=/tmp', image, ...command],
    {
      encoding: 'utf8',
    },
  )
  return status === code ? [] : [`${command.join(' ')} ended with ${String(status)}: ${stderr.trim()}`]
}
