import { HistoryParser } from './history-parser.ts'
import type { ParsedHistory, ParseOptions } from './types.ts'

/**
 * Parses the text of an aqicn historical download (columns `date, pm25, …`, daily sub-indices). Columns are found
 * by name, rows sorted, cells that are no index values left blank and counted in `warnings`.
 *
 * Throws `AqiError` with fault `input`: `not-csv`, `no-date-column`, `no-value-column`, `ambiguous-dates`,
 * `concentrations` (the download of a low-cost sensor), `unsupported-format` (the file of many cities).
 */
export function parseHistoricalCsv(text: string, options: ParseOptions = {}): ParsedHistory {
  const parser = new HistoryParser(options)
  parser.push(text)
  return parser.finish()
}

/** The same for a file that arrives in chunks, cut anywhere. Memory grows with the distinct days only. */
export async function readHistoricalCsv(
  chunks: AsyncIterable<string | Uint8Array>,
  options: ParseOptions = {},
): Promise<ParsedHistory> {
  const parser = new HistoryParser(options)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const chunk of chunks) {
    parser.push(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
  }
  parser.push(decoder.decode())
  return parser.finish()
}
