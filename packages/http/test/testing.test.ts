import { get } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createFaultLine, listenOnLoopback, oneOf, wholeNumber } from '../src/testing/index.ts'

describe('a line of faults', () => {
  test('each happens as often as it should, to the requests it is meant for, after those that pass', () => {
    const line = createFaultLine<string>()
    line.add({ on: ['POST', 'runs/create'], effect: 'cut', after: 1, times: 2 })
    line.add({ effect: 'any' })
    expect(line.take('GET', '/runs/create')).toBe('any')
    const met = Array.from({ length: 4 }, () => line.take('POST', '/api/runs/create'))
    expect(met).toEqual([undefined, 'cut', 'cut', undefined])
  })

  test('cleared, none waits', () => {
    const line = createFaultLine<string>()
    line.add({ effect: 'any', times: 5 })
    line.clear()
    expect(line.take('GET', '/')).toBeUndefined()
  })
})

describe('a server on loopback', () => {
  const status = (url: string): Promise<number | string> =>
    new Promise((resolve) => {
      get(url, { agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      }).on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? 'error')
      })
    })

  test('answers, is gone once closed, and is back at the same port', async () => {
    const server = await listenOnLoopback((_, response) => {
      response.writeHead(204).end()
      return Promise.resolve()
    })
    expect(await status(server.baseUrl)).toBe(204)
    await server.close()
    await server.close()
    expect(await status(server.baseUrl)).toBe('ECONNREFUSED')
    await server.reopen()
    expect(await status(server.baseUrl)).toBe(204)
    await server.close()
  })

  test('ends the connection where a handler throws', async () => {
    const server = await listenOnLoopback(() => Promise.reject(new Error('no')))
    expect(await status(server.baseUrl)).toBe('ECONNRESET')
    await server.close()
  })
})

test('what a command line takes is told with its flag', () => {
  expect(wholeNumber('--port', '80')).toBe(80)
  expect(() => wholeNumber('--port', '-1')).toThrow('--port takes a whole number')
  expect(oneOf('--zip', 'whole', ['whole', 'bomb'])).toBe('whole')
  expect(() => oneOf('--zip', 'nope', ['whole', 'bomb'])).toThrow('--zip takes one of whole, bomb')
})
