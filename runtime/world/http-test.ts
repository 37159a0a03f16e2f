/**
 * What http.test serves, in the words of httpbin: an echo and answers of every kind to try a client against.
 * The same request always gets the same bytes.
 */
import { seconds } from '../core/index.ts';
import { formatIpv4, HTTPS_PORT } from '../wire/index.ts';
import { type HttpRequest, MAX_BODY } from './http-parser.ts';
import { type HttpPeer, type HttpResponse, reasonPhrase } from './http-server.ts';
import { authorityPem } from './tls-identity.ts';

/** A prime below 256: pieces of any power of two, or of one segment, differ from their neighbours. */
const PATTERN = 251;
const MAX_DELAY_SECONDS = 3600;
const MAX_REDIRECTS = 100;
const TEXT: readonly [string, string] = ['Content-Type', 'text/plain'];
const PEM: readonly [string, string] = ['Content-Type', 'application/x-pem-file'];

const CHUNKS: readonly string[] = ['first chunk\n', 'second chunk\n', 'third chunk\n'];

const INDEX = `GET  /get          the request as JSON
POST /post         the body comes back
GET  /status/N     an answer with status N
GET  /bytes/N      N bytes, byte i is i % ${PATTERN}
GET  /delay/N      the request as JSON after N seconds
GET  /chunked      an answer in chunks
GET  /redirect/N   N redirects, then /get
GET  /ca.pem       the certificate of the authority of .test
`;

/** One path of the server; `argument` is what follows its name, for example `404` of `/status/404`. */
interface Route {
  readonly methods: readonly string[];
  readonly answer: (request: HttpRequest, argument: string, peer: HttpPeer) => HttpResponse;
}

const READ = ['GET', 'HEAD'];
const ANY = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const ROUTES: Readonly<Record<string, Route>> = {
  '': { methods: READ, answer: () => ({ status: 200, headers: [TEXT], body: INDEX }) },
  get: { methods: READ, answer: (request, _, peer) => describe(request, peer) },
  post: { methods: ['POST', 'PUT', 'PATCH'], answer: echo },
  status: { methods: ANY, answer: (_, argument) => status(argument) },
  bytes: { methods: READ, answer: (_, argument) => bytes(argument) },
  delay: { methods: ANY, answer: (request, argument, peer) => delay(request, argument, peer) },
  chunked: { methods: READ, answer: () => ({ status: 200, headers: [TEXT], chunks: CHUNKS }) },
  redirect: { methods: READ, answer: (_, argument) => redirect(argument) },
  'ca.pem': { methods: READ, answer: () => ({ status: 200, headers: [PEM], body: authorityPem() }) },
};

export function httpTest(request: HttpRequest, peer: HttpPeer): HttpResponse {
  const [, name = '', argument = ''] = pathOf(request).split('/');
  const route = Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;
  if (route === undefined) return plain(404);
  if (!route.methods.includes(request.method))
    return { ...plain(405), headers: [['Allow', route.methods.join(', ')], TEXT] };
  return route.answer(request, argument, peer);
}

const plain = (code: number): HttpResponse => ({
  status: code,
  headers: [TEXT],
  body: `${code} ${reasonPhrase(code)}\n`,
});

/** The target without scheme, host and query: a proxy-style client sends the whole URL. */
const pathOf = (request: HttpRequest): string => targetOf(request).split('?', 1)[0] as string;
const targetOf = (request: HttpRequest): string => request.target.replace(/^https?:\/\/[^/]*/i, '') || '/';

/** Latin-1 text of Unicode text: JSON is sent in ASCII. */
const json = (value: unknown): string =>
  `${JSON.stringify(value, undefined, 2).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;

function describe(request: HttpRequest, peer: HttpPeer): HttpResponse {
  const host = request.headers.get('host') ?? 'http.test';
  const body = {
    method: request.method,
    url: `http${peer.localPort === HTTPS_PORT ? 's' : ''}://${host}${targetOf(request)}`,
    origin: formatIpv4(peer.addr),
    args: query(targetOf(request)),
    headers: Object.fromEntries(request.headers),
  };
  return { status: 200, headers: [['Content-Type', 'application/json']], body: json(body) };
}

function query(target: string): Record<string, string> {
  const text = target.slice(pathLength(target) + 1);
  const pairs = text.split('&').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => pair.split(/=(.*)/s, 2)).map(([k = '', v = '']) => [decode(k), decode(v)]),
  );
}

const pathLength = (target: string): number => (target.includes('?') ? target.indexOf('?') : target.length);

/** Percent and plus decoding; what is not valid stays as it was written. */
function decode(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function echo(request: HttpRequest): HttpResponse {
  const type = request.headers.get('content-type') ?? 'application/octet-stream';
  return { status: 200, headers: [['Content-Type', type]], body: request.body };
}

function status(argument: string): HttpResponse {
  const code = Number(argument);
  return /^[2-5]\d\d$/.test(argument) ? plain(code) : plain(400);
}

function bytes(argument: string): HttpResponse {
  const length = /^\d+$/.test(argument) ? Number(argument) : MAX_BODY + 1;
  if (length > MAX_BODY) return plain(400);
  const body = new Uint8Array(length);
  for (let i = 0; i < length; i++) body[i] = i % PATTERN;
  return { status: 200, headers: [['Content-Type', 'application/octet-stream']], body };
}

function delay(request: HttpRequest, argument: string, peer: HttpPeer): HttpResponse {
  const time = /^\d+(\.\d+)?$/.test(argument) ? Number(argument) : MAX_DELAY_SECONDS + 1;
  if (time > MAX_DELAY_SECONDS) return plain(400);
  return { ...describe(request, peer), delay: seconds(time) };
}

function redirect(argument: string): HttpResponse {
  const left = /^\d+$/.test(argument) ? Number(argument) : 0;
  if (left < 1 || left > MAX_REDIRECTS) return plain(400);
  const location = left === 1 ? '/get' : `/redirect/${left - 1}`;
  return { ...plain(302), headers: [['Location', location], TEXT] };
}
