/** Serves the playground's static files on the loopback, with a folder's files as what the device's flash holds. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import type { FlashContent } from './flash.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** As the page's own meta tag says, and that nobody guesses types or learns where the user came from. */
const HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'";
/** Pages of devices may run their scripts, and reach nothing; opened as a page of its own the frame is as sandboxed. */
const FRAME_POLICY =
  "sandbox allow-scripts allow-forms; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob: data:; " +
  "style-src 'unsafe-inline' blob: data:; img-src blob: data:; font-src blob: data:; media-src blob: data:; " +
  "connect-src blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** The path that the page asks for the files of DIR. */
export const FILES_PATH = 'flash.json';

export interface PlayFiles {
  /** The folder that `npm run build:playground` wrote. */
  readonly root: string;
  /** What DIR holds; undefined when none was named. */
  readonly flash: readonly FlashContent[] | undefined;
}

/** A server that is not listening yet. Answers GET and HEAD for names that point to this computer only. */
export function playServer({ root, flash }: PlayFiles): Server {
  const stored = JSON.stringify(
    (flash ?? []).map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') })),
  );
  return createServer((request, response) => {
    if (!isLocal(request)) return refuse(response, 403, 'The playground answers on this computer only.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'GET or HEAD\n');
    const path = pathOf(request.url ?? '/');
    if (path === undefined) return refuse(response, 404, 'No such page\n');
    if (path === FILES_PATH) return send(response, request, '.json', Buffer.from(stored));
    const file = resolve(root, path);
    if (!file.startsWith(resolve(root) + sep)) return refuse(response, 404, 'No such page\n');
    try {
      send(response, request, extname(file), readFileSync(join(root, path)));
    } catch {
      refuse(response, 404, 'No such page\n');
    }
  });
}

/** A page of another name that resolves to the loopback (DNS rebinding) gets nothing. */
function isLocal({ headers }: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(headers.host ?? '');
}

/** Undefined for what is no path. */
function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.replace(/[?#].*$/, '')).replace(/^\/+/, '') || 'index.html';
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { method, url }: IncomingMessage, extension: string, body: Buffer): void {
  const policy = extension === '.html' ? (/^\/frame\.html/.test(url ?? '') ? FRAME_POLICY : PAGE_POLICY) : undefined;
  response.writeHead(200, {
    ...HEADERS,
    'Content-Type': TYPES[extension] ?? 'application/octet-stream',
    'Content-Length': body.length,
    ...(policy === undefined ? {} : { 'Content-Security-Policy': policy }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}
