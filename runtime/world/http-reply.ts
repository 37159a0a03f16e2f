/** The answer half of HTTP/1.1 for clients (RFC 9112): one response, by a length, chunks, or the end of the connection. */

/** The body is Latin-1 text: one character is one byte. */
export interface HttpReply {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The response at the beginning of `text`; undefined while bytes are missing. `ended`: no more will come. */
export function readReply(text: string, ended: boolean): HttpReply | { readonly wrong: string } | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return ended ? { wrong: text === '' ? 'nothing' : text } : undefined;
  const [first = '', ...lines] = text.slice(0, head).split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first);
  if (status === null) return { wrong: text };
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  const rest = text.slice(head + 4);
  const body = readHttpBody(rest, headers, ended);
  return body === undefined ? undefined : { status: Number(status[1]), reason: status[2] ?? '', headers, body };
}

/** The body of what came behind the header; undefined while it is not all there and the peer has not ended. */
export function readHttpBody(rest: string, headers: ReadonlyMap<string, string>, ended: boolean): string | undefined {
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked')
    return readChunks(rest) ?? (ended ? rest : undefined);
  const length = headers.get('content-length');
  if (length === undefined) return ended ? rest : undefined;
  // A body that is too short is shown as it is; the expectation tells.
  return rest.length >= Number(length) ? rest.slice(0, Number(length)) : ended ? rest : undefined;
}

function readChunks(text: string): string | undefined {
  let body = '';
  for (let at = 0; ; ) {
    const line = text.indexOf('\r\n', at);
    const size = line < 0 ? Number.NaN : Number.parseInt(text.slice(at, line), 16);
    if (Number.isNaN(size) || text.length < line + 2 + size) return undefined;
    if (size === 0) return body;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}
