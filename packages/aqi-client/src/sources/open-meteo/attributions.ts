import type { Attribution } from '../../types.ts'

/** To be named wherever the data or what was made of it is shown (CC BY 4.0). */
export const ATTRIBUTIONS: readonly Attribution[] = [
  { name: 'Open-Meteo.com', url: 'https://open-meteo.com/', logo: null },
  { name: 'Copernicus Atmosphere Monitoring Service', url: 'https://atmosphere.copernicus.eu/', logo: null },
]
