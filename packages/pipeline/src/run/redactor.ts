/** Knows the secrets of a run and takes them out of whatever is written. */
export class Redactor {
  readonly #values = new Set<string>()

  /** Shorter values would take ordinary words apart; no service has secrets like that. */
  static readonly #LEAST = 6

  add(value: string): void {
    for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) {
      if (form.length >= Redactor.#LEAST) this.#values.add(form)
    }
  }

  readonly redact = (text: string): string => {
    let redacted = text
    // Longest first, so that a secret inside a longer one leaves no rest.
    for (const value of [...this.#values].sort((a, b) => b.length - a.length)) {
      redacted = redacted.replaceAll(value, '***')
    }
    return redacted
  }
}
