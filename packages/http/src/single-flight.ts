import { abortable, throwIfFired } from './deadline.ts'

interface Flight<T> {
  readonly outcome: Promise<T>
  readonly controller: AbortController
  waiting: number
  isOver: boolean
}

export interface SingleFlight<T> {
  /**
   * Joins the flight under this key, or starts one. Who aborts leaves alone; the flight itself is aborted when
   * nobody waits for it any more.
   */
  join(key: string | symbol, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** One run for all who ask for the same at the same time. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string | symbol, Flight<T>>()

  function take(key: string | symbol, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const known = flights.get(key)
    if (known !== undefined) return known
    const controller = new AbortController()
    const flight: Flight<T> = { outcome: start(controller.signal), controller, waiting: 0, isOver: false }
    const end = () => {
      flight.isOver = true
    }
    flight.outcome.then(end, end)
    flights.set(key, flight)
    return flight
  }

  return {
    async join(key, signal, start) {
      throwIfFired(signal)
      const flight = take(key, start)
      flight.waiting += 1
      try {
        return await abortable(flight.outcome, signal)
      } finally {
        flight.waiting -= 1
        // Over, or left by the last who waited: whoever comes now starts anew.
        if (flights.get(key) === flight && (flight.waiting === 0 || !signal.aborted)) flights.delete(key)
        // What has landed needs no abort; making its reason costs more than all else here.
        if (flight.waiting === 0 && !flight.isOver) flight.controller.abort()
      }
    },
  }
}
