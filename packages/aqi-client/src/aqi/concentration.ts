import { AqiError } from '../errors.ts'
import type { Pollutant } from '../types.ts'

export type Averaging = '1h' | '8h' | '24h'
/** Mass per volume: µg/m³ or mg/m³. */
export type MassUnit = 'ugm3' | 'mgm3'
/** `ppb` and `ppm` are parts by volume. */
export type ConcentrationUnit = MassUnit | 'ppb' | 'ppm'

export type Particle = 'pm25' | 'pm10'
export type Gas = Exclude<Pollutant, Particle>

/** What is measured, over how long, in which unit. Particles have no parts by volume. */
export type Measure =
  | { readonly pollutant: Particle; readonly unit: MassUnit; readonly averaging: Averaging }
  | { readonly pollutant: Gas; readonly unit: ConcentrationUnit; readonly averaging: Averaging }

/** A mean concentration that says of what, over how long and in which unit. */
export type Concentration = Measure & { readonly value: number }

/** Grams per mole. */
const MOLAR_MASS: Readonly<Record<Gas, number>> = { o3: 48, no2: 46.01, so2: 64.07, co: 28.01 }
/** Litres a mole of gas fills at 25 °C and 1 atm, where both the American and the Chinese tables stand. */
const MOLAR_VOLUME = 24.45

type OfParticles = Extract<Concentration, { readonly pollutant: Particle }>

const isMassUnit = (unit: ConcentrationUnit): unit is MassUnit => unit === 'ugm3' || unit === 'mgm3'
const isOfParticles = (concentration: Concentration): concentration is OfParticles =>
  concentration.pollutant === 'pm25' || concentration.pollutant === 'pm10'

/** µg/m³ in one `unit` of a gas. */
function microgramsIn(unit: ConcentrationUnit, gas: Gas): number {
  if (unit === 'ugm3') return 1
  if (unit === 'mgm3') return 1000
  return ((unit === 'ppm' ? 1000 : 1) * MOLAR_MASS[gas]) / MOLAR_VOLUME
}

/**
 * The same concentration in another unit; gases at 25 °C and 1 atm, ppb = µg/m³ × 24.45 / molar mass.
 * Throws `AqiError` `bad-unit` for particles in parts by volume.
 */
export function inUnit(concentration: Concentration, unit: ConcentrationUnit): Concentration {
  if (concentration.unit === unit) return concentration
  if (!isOfParticles(concentration)) {
    const { pollutant, value } = concentration
    const factor = microgramsIn(concentration.unit, pollutant) / microgramsIn(unit, pollutant)
    return { ...concentration, unit, value: value * factor }
  }
  if (!isMassUnit(unit) || !isMassUnit(concentration.unit)) {
    const { pollutant } = concentration
    throw new AqiError(
      'bad-unit',
      `${pollutant} is a mass of particles and cannot be given in parts by volume`,
    )
  }
  const { value } = concentration
  return { ...concentration, unit, value: unit === 'mgm3' ? value / 1000 : value * 1000 }
}
