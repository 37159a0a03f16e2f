/**
 * How the setup portal reads a request (app/modules/enduser_setup.c enduser_setup_http_recvcb): as a C string, so that a
 * NUL ends it, and with its own idea of Content-Length. Text is Latin-1.
 */

/** `undefined` while it is not complete, `broken` for chunks that are none. */
export function wholeRequest(text: string): string | 'broken' | undefined {
  const seen = text.split('\0', 1)[0] as string;
  const end = seen.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const body = end + 4;
  let chunked = false;
  for (const line of seen.slice(0, body).split('\n')) {
    const header = line.toLowerCase();
    if (header.startsWith('transfer-encoding:') && line.slice(18).includes('chunked')) chunked = true;
    // The original skips one character, a space as it thinks.
    if (header.startsWith('content-length:') && leadingNumber(line.slice(16), 10) + body > text.length)
      return undefined;
  }
  return chunked ? withoutChunks(text, body) : seen;
}

/** The request with its chunks put together. */
function withoutChunks(text: string, start: number): string | 'broken' | undefined {
  let body = '';
  for (let at = start; at < text.length; ) {
    const size = leadingNumber(text.slice(at, at + 10), 16);
    const data = text.indexOf('\n', at) + 1;
    if (data === 0) return undefined;
    if (size === 0) return text.slice(0, start) + body;
    if (data + size + 2 > text.length) return undefined;
    if (text.slice(data + size, data + size + 2) !== '\r\n') return 'broken';
    body += text.slice(data, data + size);
    at = data + size + 2;
  }
  return undefined;
}

/** strtol, for what is not negative: 0 where no digit stands. */
function leadingNumber(text: string, radix: 10 | 16): number {
  const value = Number.parseInt(text.trimStart(), radix);
  return Number.isNaN(value) || value < 0 ? 0 : value;
}
