/** A service's own words, fit to be shown: one line, not endless, without anything that looks like a token. */
export function told(message: string): string {
  const words = /<html/i.test(message) ? message.replaceAll(/<[^>]*>/g, ' ') : message
  const line = words
    .replaceAll(/eyJ[\w-]{4,}(?:\.[\w-]*){1,2}/g, '***')
    .replaceAll(/\bBearer\s+[^\s"']+/gi, 'Bearer ***')
    .replaceAll(/([?&](?:sig|code|token)=)[^&\s"']+/gi, '$1***')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length > 600 ? `${line.slice(0, 600)}…` : line
}
