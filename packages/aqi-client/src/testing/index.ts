/** Fake servers on loopback, over seeded worlds. They need no test runner. */

export * from './open-meteo/index.ts'
export * from './waqi/index.ts'
