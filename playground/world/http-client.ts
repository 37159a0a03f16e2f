/**
 * The inner browser's half of HTTP/1.1: one request, one connection, one response (RFC 9112), whatever a small server makes
 * of it: a length, chunks, or the end of the connection; even a body without any head, as old examples send it.
 */
import { fromLatin1, type Host, readHttpBody, toLatin1 } from '../../runtime/index.ts';
import type { WebReply, WebRequest } from './protocol.ts';

const HTTP_PORT = 80;
/** A page of a microcontroller that is larger than this is a mistake. */
const LONGEST = 8 * 1024 * 1024;

/** lwIP's numbers that a connection can break with. */
const BROKEN: Readonly<Record<number, string>> = {
  [-8]: 'the connection broke: no answer any more',
  [-9]: 'the connection was reset by the device',
};

/** Called once, with the reply or with the reason why there is none. */
export type Answered = (reply: WebReply | undefined, why: string) => void;

/** Where a URL leads: `resolve` knows names of the world. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** `http://192.168.1.50/led?on=1`; undefined when it is no HTTP address. */
export function placeOf(url: string): Place | undefined {
  const parts = /^http:\/\/([^/?#:]+)(?::(\d+))?([^#]*)/i.exec(url);
  if (parts === null) return undefined;
  const [, host = '', port, path = ''] = parts;
  return { host, port: Number(port ?? HTTP_PORT), path: path.startsWith('/') ? path : `/${path}` };
}

/** Sends a request; the answer comes in a later event of the world. */
export function request(
  from: Host,
  address: number,
  place: Place,
  { method, headers, body }: WebRequest,
  done: Answered,
) {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const own: (readonly [string, string])[] = [
    ['Host', place.port === HTTP_PORT ? place.host : `${place.host}:${place.port}`],
    ['User-Agent', 'mcubox'],
    ['Accept', '*/*'],
    ['Connection', 'close'],
    ...(body === undefined ? [] : ([['Content-Length', String(body.length)]] as const)),
  ];
  const all = [...own.filter(([name]) => !given.has(name.toLowerCase())), ...headers];
  const head = `${method} ${place.path} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  let received = '';
  let over = false;
  const answer: Answered = (reply, why) => {
    if (over) return;
    over = true;
    if (reply === undefined) stream.destroy();
    else stream.end();
    done(reply, why);
  };
  const look = (ended: boolean): void => {
    const reply = readReply(received, ended, method === 'HEAD');
    if (reply !== undefined) answer(reply, '');
    else if (ended) answer(undefined, 'the device closed the connection without an answer');
    else if (received.length > LONGEST) answer(undefined, 'the answer is too long');
  };
  const stream = from.connect(address as Parameters<Host['connect']>[0], place.port, {
    onOpen: () => {
      stream.write(fromLatin1(head));
      if (body !== undefined) stream.write(body);
    },
    onData: (bytes) => {
      received += toLatin1(bytes);
      look(false);
    },
    onEnd: () => look(true),
    onClose: (error) => {
      if (received !== '') look(true);
      answer(undefined, closedReason(error));
    },
  });
}

const closedReason = (error: number | undefined): string =>
  error === undefined ? 'the device closed the connection' : (BROKEN[error] ?? 'the connection failed');

/** The response at the beginning of `text`; undefined while bytes are missing. */
export function readReply(text: string, ended: boolean, headOnly = false): WebReply | undefined {
  if (!text.startsWith('HTTP/'.slice(0, text.length))) return ended ? bare(text) : undefined;
  const head = /\r?\n\r?\n/.exec(text);
  if (head === null) return ended && text !== '' ? bare(text) : undefined;
  const [first = '', ...lines] = text.slice(0, head.index).split(/\r?\n/);
  const status = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first);
  if (status === null) return ended ? bare(text) : undefined;
  const headers = lines.map((line) => {
    const colon = Math.max(0, line.indexOf(':'));
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const rest = text.slice(head.index + head[0].length);
  const empty = headOnly || status[1] === '204' || status[1] === '304';
  const body = empty ? '' : readHttpBody(rest, new Map(headers), ended);
  if (body === undefined) return undefined;
  return { status: Number(status[1]), reason: status[2] ?? '', headers, body: fromLatin1(body) };
}

/** What came without a status line, as browsers of old took it (HTTP/0.9). */
const bare = (text: string): WebReply => ({ status: 200, reason: '', headers: [], body: fromLatin1(text) });
