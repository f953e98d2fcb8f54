import { seededRandom } from '../../sources/simulator/random.ts'

const HOUR = 3_600_000

/** How a variable swings: around `mean`, daily by `daily`, by chance by `noise`; never below `least`. */
interface Shape {
  readonly unit: string
  readonly mean: number
  readonly daily: number
  readonly noise: number
  readonly least: number
}

const gas = (mean: number): Shape => ({ unit: 'μg/m³', mean, daily: mean / 3, noise: mean / 4, least: 0 })

/** Invented, not measured. */
export const SHAPES = {
  pm2_5: gas(48),
  pm10: gas(80),
  ozone: gas(70),
  nitrogen_dioxide: gas(40),
  sulphur_dioxide: gas(12),
  carbon_monoxide: gas(700),
  temperature_2m: { unit: '°C', mean: 12, daily: 6, noise: 3, least: -60 },
  dew_point_2m: { unit: '°C', mean: 2, daily: 2, noise: 2, least: -60 },
  surface_pressure: { unit: 'hPa', mean: 1008, daily: 3, noise: 4, least: 900 },
  precipitation: { unit: 'mm', mean: -0.5, daily: 0.2, noise: 1, least: 0 },
  wind_speed_10m: { unit: 'm/s', mean: 4, daily: 2, noise: 1.5, least: 0 },
  wind_direction_10m: { unit: '°', mean: 180, daily: 80, noise: 60, least: 0 },
} as const satisfies Record<string, Shape>

export type TrueVariable = keyof typeof SHAPES

export const AIR_QUALITY_VARIABLES: readonly TrueVariable[] = [
  'pm2_5',
  'pm10',
  'ozone',
  'nitrogen_dioxide',
  'sulphur_dioxide',
  'carbon_monoxide',
]
export const WEATHER_VARIABLES: readonly TrueVariable[] = [
  'temperature_2m',
  'dew_point_2m',
  'surface_pressure',
  'precipitation',
  'wind_speed_10m',
  'wind_direction_10m',
]

/** One value: of a variable, for an instant (epoch ms), of the run `previousDay` times 24 h before it. */
export interface Spot {
  readonly variable: TrueVariable
  readonly validAt: number
  /** Default 0. */
  readonly previousDay?: number
}

export interface Truth {
  /** `null` where the model has a hole, about one hour in a hundred. */
  value(spot: Spot): number | null
  /** From now on this value stands there. */
  plant(spot: Spot, value: number | null): void
}

/**
 * A model's world, the same for the same seed. Values have one decimal; the second decimal is the previous day
 * they come from, so that a value tells how old the forecast is: 12.32 was made two days ahead.
 */
export function createTruth(seed: number): Truth {
  const planted = new Map<string, number | null>()
  return {
    value(spot) {
      const stands = planted.get(keyOf(spot))
      return stands === undefined ? drawn(seed, spot) : stands
    },
    plant(spot, value) {
      planted.set(keyOf(spot), value)
    },
  }
}

function keyOf({ variable, validAt, previousDay = 0 }: Spot): string {
  return [variable, String(validAt), String(previousDay)].join(' ')
}

function drawn(seed: number, { variable, validAt, previousDay = 0 }: Spot): number | null {
  const shape: Shape = SHAPES[variable]
  const hour = Math.floor(validAt / HOUR)
  const random = seededRandom(seed, Object.keys(SHAPES).indexOf(variable), hour, previousDay)
  if (random.uniform() < 0.01) return null
  const swing = shape.daily * Math.sin((2 * Math.PI * (hour % 24)) / 24)
  const value = Math.max(shape.least, shape.mean + swing + shape.noise * random.normal())
  const tenths = Math.round(value * 10)
  return (tenths * 10 + Math.sign(tenths || 1) * previousDay) / 100
}
