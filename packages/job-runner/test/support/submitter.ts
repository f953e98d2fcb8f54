/** A submitter to be killed: submits the job of its first argument, says what it sees, waits, says how it ended. */
import { processRunner } from '../../src/index.ts'
import type { JobRunner, JobSpec } from '../../src/types.ts'
import { azureMlRunner, resolveAzureContext } from '../../src/azure-ml/index.ts'

interface Orders {
  readonly spec: JobSpec
  readonly stateDirectory?: string
  readonly endpoint?: string
  readonly ca?: string
}

const { spec, stateDirectory, endpoint, ca } = JSON.parse(process.argv[2]!) as Orders
const { env } = process

const runner: JobRunner =
  stateDirectory === undefined
    ? azureMlRunner({
        context: resolveAzureContext(env, { resourceGroup: 'airq', workspace: 'airq-ml' }),
        env,
        endpoint: endpoint!,
        ca: ca!,
        compute: 'cpu',
        poll: { firstMs: 20, lastMs: 20 },
      })
    : processRunner({ stateDirectory, env, pollMs: 20 })

const say = (text: string) => process.stdout.write(`${text}\n`)
const job = await runner.submit(spec)
say(`created ${String(job.created)}`)
const { outcome } = await runner.wait(job, {
  timeoutMs: 25_000,
  onStatus: ({ status }) => {
    say(status)
  },
})
say(outcome)
