/** Addresses of the firmware's WebSocket client (ws_connect in app/websocket/websocketclient.c). */
import { err, ok, type Result } from '../core/index.ts';

export interface WebsocketUrl {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** With query; begins with a slash. */
  readonly path: string;
}

const MAX_HOST = 255;

/** The error is the code that the close handler gets. */
export function parseWebsocketUrl(url: string): Result<WebsocketUrl, -1 | -2 | -3 | -4> {
  const scheme = /^wss?:\/\//i.exec(url)?.[0];
  if (scheme === undefined) return err(-1);
  const secure = scheme.length === 'wss://'.length;
  const rest = url.slice(scheme.length);
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  // Without a path the original does not look and writes beyond its buffer.
  if (authority.length > MAX_HOST) return err(-2);
  const [host = '', ...ports] = authority.split(':');
  const port = ports.length === 0 ? (secure ? 443 : 80) : Number.parseInt(ports.join(':'), 10) || 0;
  if (port <= 0 || port > 65_535) return err(-3);
  if (host === '') return err(-4);
  return ok({ secure, host, port, path: slash < 0 ? '/' : rest.slice(slash) });
}
