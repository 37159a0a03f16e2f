/** What devices say is bytes as Latin-1 text; a report shows them as the UTF-8 that scripts mean. */

/** The same value with all its texts decoded; what is no UTF-8, or no bytes, stays. */
export function readable<T>(value: T): T {
  if (typeof value === 'string') return decoded(value) as T;
  if (Array.isArray(value)) return value.map(readable) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)])) as T;
}

function decoded(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}
