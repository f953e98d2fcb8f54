import { type Html, markup, type Part } from '../html/html.ts'
import type { StationView } from '../station-view.ts'
import type { Formats } from '../words/formats.ts'
import type { Words } from '../words/words.ts'

/** What every part of a page is given. */
export interface PageContext {
  readonly words: Words
  readonly formats: Formats
  readonly view: StationView
  readonly publishObservations: boolean
}

/** What a value is made of that readers must know at every place it is used. */
export interface Marked {
  readonly simulated: boolean
  readonly fallback?: boolean
}

/** Tags for simulated data and fallback forecasts; nothing for the real thing. */
export function tags({ simulated, fallback = false }: Marked, words: Words): Html {
  const tag = (kind: string, text: string, note: string) =>
    markup` <span class="tag ${kind}" title="${note}">${text}</span>`
  return markup`${simulated ? tag('sim', words.simulated, words.simulatedNote) : null}${fallback ? tag('plain', words.fallback, words.fallbackNote) : null}`
}

export function section(id: string, title: string, marked: Marked, words: Words, content: Part): Html {
  return markup`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}${tags(marked, words)}</h2>
    ${content}
  </section>`
}

export interface Column {
  readonly name: string
  readonly numeric?: boolean
}

/** A table that scrolls by itself where it is wider than the screen, also with the keyboard. */
export function table(label: string, columns: readonly Column[], rows: readonly (readonly Part[])[]): Html {
  const kind = (i: number) => (columns[i]?.numeric === true ? 'num' : 'txt')
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${columns.map(({ name }, i) => markup`<th scope="col" class="${kind(i)}">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            markup`<tr>
              ${row.map((cell, i) => (i === 0 ? markup`<th scope="row" class="${kind(i)}">${cell}</th>` : markup`<td class="${kind(i)}">${cell}</td>`))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** Names and values; those without a value are left out. */
export function facts(entries: readonly (readonly [name: string, value: Part])[]): Html {
  return markup`<dl class="facts">
    ${entries
      .filter(([, value]) => value !== null && value !== '')
      .map(
        ([name, value]) =>
          markup`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`
}

export function note(text: Part): Html {
  return markup`<p class="note">${text}</p>`
}

/** A day as the language writes it; text that is none as it stands. */
export function dayText(text: string, { formats }: PageContext): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? formats.day(text) : text
}
