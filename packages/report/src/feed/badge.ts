import { categoryOf } from '@airq/aqi-client'
import { inkOn } from '../charts/colours.ts'
import { markup } from '../html/html.ts'
import type { StationView } from '../station-view.ts'
import { EN } from '../words/en.ts'

const GREY = '#5b6673'
const MIDDLE = 14

/** Station, day and class as a small picture; simulated and fallback are written on it. */
export function badge({ facts, headline }: StationView): string {
  const left = shortened(headline === null ? facts.name : `${facts.name} ${headline.day}`)
  const marks =
    headline === null
      ? []
      : [...(headline.simulated ? [EN.simulated] : []), ...(headline.fallback ? [EN.fallback] : [])]
  const category = headline === null ? null : categoryOf(headline.aqi, facts.scale)
  const right =
    headline === null || category === null
      ? EN.noForecast.toLowerCase()
      : [`AQI ${String(headline.aqi)} ${category.label}`, ...marks].join(' · ')
  const [a, b] = [widthOf(left), widthOf(right)]
  const colour = category?.colour ?? GREY
  const { text } = markup`<svg
    xmlns="http://www.w3.org/2000/svg"
    width="${a + b}"
    height="20"
    role="img"
    aria-label="${left}: ${right}"
  >
    <title>${left}: ${right}</title>
    <rect width="${a}" height="20" fill="#2f3a45" />
    <rect x="${a}" width="${b}" height="20" fill="${colour}" />
    <g font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
      <text x="${a / 2}" y="${MIDDLE}" fill="#fff" textLength="${a - 12}">${left}</text>
      <text x="${a + b / 2}" y="${MIDDLE}" fill="${inkOn(colour)}" textLength="${b - 12}">${right}</text>
    </g>
  </svg>`
  return `${text}\n`
}

const LONGEST = 60

function shortened(text: string): string {
  const characters = Array.from(text)
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST - 1).join('')}…`
}

/** A guess that `textLength` makes true: ideographs are about twice as wide as letters. */
function widthOf(text: string): number {
  const letters = Array.from(text).reduce((sum, character) => sum + (character > '\u2e80' ? 11.5 : 6.6), 0)
  return Math.ceil(letters) + 12
}
