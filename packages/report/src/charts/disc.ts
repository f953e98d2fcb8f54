import { categoryOf, type Scale } from '@airq/aqi-client'
import { type Html, markup } from '../html/html.ts'
import { inkOn } from './colours.ts'

/** The number on the colour of its class. Said in words beside it, so hidden from screen readers. */
export function disc(aqi: number, scale: Scale, size: 'large' | 'small', label: string): Html {
  const { colour } = categoryOf(aqi, scale)
  const ink = inkOn(colour)
  return markup`<svg class="disc ${size}" viewBox="0 0 100 100" aria-hidden="true">
    <circle class="rim" cx="50" cy="50" r="48" fill="${colour}" />
    <text class="number" x="50" y="${size === 'large' ? 58 : 63}" text-anchor="middle" fill="${ink}">
      ${aqi}
    </text>
    ${size === 'large' ? markup`<text class="unit" x="50" y="77" text-anchor="middle" fill="${ink}">${label}</text>` : null}
  </svg>`
}

/** Where there is no forecast: the place of a small one. */
export function noDisc(): Html {
  return markup`<svg class="disc small" viewBox="0 0 100 100" aria-hidden="true">
    <circle class="nothing" cx="50" cy="50" r="46" />
    <text class="number" x="50" y="63" text-anchor="middle">–</text>
  </svg>`
}

/** A small sample of a class's colour beside its name. */
export function swatch(colour: string): Html {
  return markup`<svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
    <rect class="edge" width="12" height="12" rx="3" fill="${colour}" />
  </svg>`
}

/** A bar of a share from 0 to 1; the figure stands beside it. */
export function shareBar(share: number, colour: string | null): Html {
  const width = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10
  return markup`<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="8" />
    ${colour === null ? markup`<rect class="fill" width="${width}" height="8" />` : markup`<rect class="edge" width="${width}" height="8" fill="${colour}" />`}
  </svg>`
}
