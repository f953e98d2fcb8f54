import { createServer } from 'node:http'
import { createFakeWorld, defaultStations, feedBody } from '@airq/aqi-client/testing'

// Answers for 10,000 stations, made by the fake WAQI before anyone asks: a server that holds nobody up. Started by
// stations.mts with a channel, over which it says where it listens.

const [count = '', firstStation = '', token = ''] = process.argv.slice(2)
const NOW = Date.parse('2026-01-05T18:00:00Z')

const places = defaultStations(1).filter(({ kind }) => kind === 'agency')
const world = createFakeWorld(places)
const bodies = new Map<string, Buffer>(
  Array.from({ length: Number(count) }, (_, i) => {
    const number = Number(firstStation) + i
    const place = places[i % places.length]
    if (place === undefined) throw new Error('the fake has no stations')
    const body = JSON.stringify(feedBody(world, { ...place, number }, NOW))
    return [`/feed/@${String(number)}`, Buffer.from(body)] as const
  }),
)
const refusal = Buffer.from('{"status":"error","data":"Invalid key"}')
const unknown = Buffer.from('{"status":"ok","data":{"status":"error","msg":"Unknown ID"}}')

const server = createServer((request, response) => {
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const isAllowed = query === `token=${token}`
  const body = isAllowed ? (bodies.get(path.replace(/\/$/, '')) ?? unknown) : refusal
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.byteLength }
  response.writeHead(200, headers).end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  process.send?.(`http://127.0.0.1:${String(address.port)}`)
})
process.on('disconnect', () => {
  process.exit()
})
