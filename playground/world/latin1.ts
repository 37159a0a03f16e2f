/** Latin-1 texts by the browser's own decoder, several times faster than characters put together one by one. */

/** What the web calls Latin-1 is windows-1252, which has letters for bytes 0x80 … 0x9f. */
const LETTERS = /[^\0-\xff]/;
/** So many bytes are looked at beforehand: what is no text shows early, and decoding it twice is slow. */
const PROBE = 128;

/** For `useLatin1Decoder`: undefined for a piece that the browser would make another text of. */
export function browserLatin1(): (bytes: Uint8Array) => string | undefined {
  const decoder = new TextDecoder('windows-1252');
  return (bytes) => {
    const end = Math.min(PROBE, bytes.length);
    for (let i = 0; i < end; i++) if (((bytes[i] ?? 0) & 0xe0) === 0x80) return undefined;
    const text = decoder.decode(bytes);
    return LETTERS.test(text) ? undefined : text;
  };
}
