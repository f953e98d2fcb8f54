import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { callGitHub, repositoryOf } from './actions/github-api.mts'
import { ROOT } from './built-apps.mts'

// GitHub switches the schedules of a public repository off after 60 days without activity: this switches every
// scheduled workflow on again, which counts anew. GITHUB_TOKEN needs actions: write.

const repository = repositoryOf(process.env)
const folder = join(ROOT, '.github', 'workflows')
const scheduled = readdirSync(folder).filter((file) =>
  /^ {2}schedule:$/m.test(readFileSync(join(folder, file), 'utf8')),
)
for (const file of scheduled) {
  const { state } = (await callGitHub(repository, `/actions/workflows/${file}`)) as { state: string }
  if (state === 'disabled_manually') {
    process.stdout.write(`${file}: switched off by hand, left so\n`)
    continue
  }
  await callGitHub(repository, `/actions/workflows/${file}/enable`, { method: 'PUT' })
  process.stdout.write(`${file}: on\n`)
}
