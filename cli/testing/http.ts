/** A request as a test writes it, whatever a small server makes of it. */

/** Bodies are Latin-1 text: one character is one byte. */
export interface HttpCall {
  /** By default GET. */
  readonly method?: string;
  /** By default `/`. */
  readonly path?: string;
  /** By default 80. */
  readonly port?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Send so many bytes first and the rest in a later segment: a server must not rely on getting all at once. */
  readonly split?: number;
}

/** The bytes of a request as text. */
export function requestText(host: string, { method = 'GET', path = '/', headers = {}, body }: HttpCall): string {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const own: [string, string][] = [
    ['Host', host],
    ['Connection', 'close'],
    ...(body === undefined ? [] : ([['Content-Length', String(body.length)]] as [string, string][])),
  ];
  const all = [...own.filter(([name]) => !given.has(name.toLowerCase())), ...Object.entries(headers)];
  return `${method} ${path} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body ?? ''}`;
}
