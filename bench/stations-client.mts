import { createWaqiClient } from '@airq/aqi-client/waqi'

// Pulls stations with the WAQI client, so many at a time, and prints how many gave an AQI and the peak memory.

const [baseUrl = '', token = '', count = '', firstStation = '', parallel = ''] = process.argv.slice(2)
// Far beyond what a client can ask: the limit is there, and never waited for.
const limit = { perSecond: 1e9, burst: 1e9 }
const client = createWaqiClient({ token, baseUrl, limit })
const end = Number(firstStation) + Number(count)
let next = Number(firstStation)
let pulled = 0

async function work(): Promise<void> {
  while (next < end) {
    const { aqi } = await client.latest({ uid: next++ })
    if (aqi !== null) pulled++
  }
}

await Promise.all(Array.from({ length: Number(parallel) }, work))
const peakMiB = process.resourceUsage().maxRSS / 1024
process.stdout.write(`${JSON.stringify({ pulled, peakMiB })}\n`)
