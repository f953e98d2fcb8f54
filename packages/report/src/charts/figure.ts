import { type Html, markup, type Part } from '../html/html.ts'

/** A drawing made twice: for narrow screens and for wide ones. Widths in CSS pixels. */
const WIDTHS = { narrow: 340, wide: 820 } as const

/** Height of the strip that a mark takes. */
const STRIP = 18

export interface Drawing {
  readonly height: number
  readonly content: readonly Html[]
}

export interface FigureParts {
  /** What it shows, in words. */
  readonly title: string
  /** `null` where the drawing alone tells everything in its title. */
  readonly table: Html | null
  readonly tableLabel: string
  /** Stands on the drawing itself where its data is simulated. */
  readonly mark: string | null
  readonly draw: (width: number) => Drawing
}

/** A chart with its description for those who don't see it, and its table. */
export function figure({ title, table, tableLabel, mark, draw }: FigureParts): Html {
  const drawn = Object.entries(WIDTHS).map(([name, width]) => {
    const { height, content } = draw(width)
    return markup`<svg
      class="${name}"
      viewBox="0 0 ${width} ${height + (mark === null ? 0 : STRIP)}"
      role="img"
      aria-label="${mark === null ? title : `${title} (${mark})`}"
    >
      ${mark === null ? content : marked(content, mark, width)}
    </svg>`
  })
  return markup`<figure>${drawn}${table === null ? null : disclosed(tableLabel, table)}</figure>`
}

export function disclosed(label: string, content: Part): Html {
  return markup`<details>
    <summary>${label}</summary>
    ${content}
  </details>`
}

/** The mark has a strip of its own above the drawing. */
function marked(content: readonly Html[], mark: string, width: number): Html {
  return markup`<text class="mark" x="${width - 4}" y="13" text-anchor="end">${mark}</text><g transform="translate(0 ${STRIP})">${content}</g>`
}

/** Two digits are enough for a pixel. */
export function px(value: number): number {
  return Math.round(value * 100) / 100
}

/** Those values that have room for a label: none nearer than `gap` pixels to the one before it. */
export function spaced(values: readonly number[], at: (value: number) => number, gap: number): number[] {
  const kept: number[] = []
  for (const value of values) {
    const last = kept.at(-1)
    if (last === undefined || Math.abs(at(value) - at(last)) >= gap) kept.push(value)
  }
  return kept
}
