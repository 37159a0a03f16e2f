/** Addresses and texts as the firmware's HTTP client reads them (app/http/httpclient.c http_request): no user info, no fragment. */
import { err, ok, type Result } from '../core/index.ts';

export interface HttpUrl {
  readonly hostname: string;
  /** As written: not limited to 16 bits. */
  readonly port: number;
  /** https; in a build without TLS that only means port 443. */
  readonly secure: boolean;
  readonly path: string;
}

/** httpclient.c: the buffer for the host name. */
const MAX_HOST = 128;
const SCHEMES = [
  { prefix: 'http://', port: 80, secure: false },
  { prefix: 'https://', port: 443, secure: true },
] as const;

/** A text as C reads it: up to the first zero byte. */
export const cString = (text: string): string => text.split('\0', 1)[0] as string;

/** atoi. */
export const atoi = (text: string): number => Number(/^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text)?.[1] ?? 0) | 0;

/** Whether the address names its scheme, so that it stands for itself. */
export const isAbsolute = (text: string): boolean => SCHEMES.some(({ prefix }) => text.startsWith(prefix));

/** The error is the sentence on the console. */
export function parseHttpUrl(text: string): Result<HttpUrl, string> {
  const scheme = SCHEMES.find(({ prefix }) => text.startsWith(prefix));
  if (scheme === undefined) return err(`URL is not HTTP or HTTPS ${text}`);
  const rest = text.slice(scheme.prefix.length);
  const slash = rest.indexOf('/');
  const host = slash < 0 ? rest : rest.slice(0, slash);
  if (host.length >= MAX_HOST) return err(`hostname is too long ${rest}`);
  const colon = host.indexOf(':');
  const port = colon < 0 ? scheme.port : atoi(rest.slice(colon + 1));
  if (port === 0) return err(`Port error ${rest}`);
  return ok({
    hostname: colon < 0 ? host : host.slice(0, colon),
    port,
    secure: scheme.secure,
    path: slash < 0 ? '/' : rest.slice(slash),
  });
}
