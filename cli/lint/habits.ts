/**
 * Ways of calling that changed while the name stayed: what the releases of 2015 to 2018 understood and 3.0 does not, or
 * understands differently. One row each. Facts: modules/wifi.c, node.c, net.c and mqtt.c of the three releases.
 */
import type { Firmware } from '../../runtime/index.ts';
import type { Token } from './tokens.ts';
import type { Use, Uses } from './uses.ts';

export interface Habit {
  readonly releases: readonly Firmware[];
  /** What became of it, after the line's number. */
  readonly what: string;
}

interface Row extends Habit {
  readonly path: string;
  readonly applies: (use: Use, script: Uses) => boolean;
}

const UNTIL_1_5: readonly Firmware[] = ['1.5'];
const UNTIL_2_2: readonly Firmware[] = ['1.5', '2.2'];

const NOT_2_2: readonly Firmware[] = ['1.5', '3.0'];

const HABITS: readonly Row[] = [
  {
    path: 'wifi.sta.config',
    applies: ({ arguments: [first, second] = [] }) =>
      first?.[0]?.kind === 'string' || (second !== undefined && first?.[0]?.text !== '{' && !isBoolean(second)),
    releases: UNTIL_1_5,
    what: 'wifi.sta.config(ssid, password, …) became wifi.sta.config{ssid=…, pwd=…} in 2017',
  },
  {
    path: 'node.output',
    applies: ({ arguments: [first] = [] }, script) => {
      const body = first === undefined ? undefined : functionBody(first, script);
      return body !== undefined && !body.some(({ text }, i) => text === ':' && body[i + 1]?.text === 'read');
    },
    releases: UNTIL_2_2,
    what: 'the function of node.output gets a pipe instead of a string since 2020',
  },
  {
    path: 'net.createConnection',
    applies: (use, script) => isUdp(use) && use.result !== undefined && calls(script, use.result, 'connect'),
    releases: UNTIL_1_5,
    what: 'a UDP socket has no connect() since 2017; it is net.createUDPSocket() and send(port, ip, data)',
  },
  {
    path: 'net.createConnection',
    applies: isUdp,
    releases: UNTIL_2_2,
    what: 'net.createConnection(net.UDP) makes a TCP socket since 2020; it is net.createUDPSocket()',
  },
  {
    path: 'net.createConnection',
    applies: ({ arguments: [, second] = [] }) => second !== undefined && isBoolean(second),
    releases: NOT_2_2,
    what: 'the second argument of net.createConnection is a number in 2.2, a boolean is an error there',
  },
  {
    path: 'net.createServer',
    applies: isUdp,
    releases: UNTIL_2_2,
    what: 'net.createServer(net.UDP) makes a TCP server since 2020; it is net.createUDPSocket()',
  },
  {
    path: 'mqtt.Client',
    applies: (_, script) => script.tokens.some((_, at) => isAutoReconnect(script.tokens, at)),
    releases: UNTIL_2_2,
    what: 'the fourth number of mqtt connect(host, port, secure, autoreconnect, …) is gone since 2019: the callbacks shift',
  },
];

/** The first row that applies. */
export const habitOf = (use: Use, script: Uses): Habit | undefined =>
  HABITS.find(({ path, applies }) => path === use.path && applies(use, script));

const isBoolean = (argument: readonly Token[]): boolean => /^(true|false)$/.test(argument[0]?.text ?? '');

function isUdp({ arguments: [first] = [] }: Use): boolean {
  return first?.map(({ text }) => text).join('') === 'net.UDP';
}

/** `name:method(`. */
const calls = ({ tokens }: Uses, name: string, method: string): boolean =>
  tokens.some(({ text }, i) => text === name && tokens[i + 1]?.text === ':' && tokens[i + 2]?.text === method);

/** The tokens of a function given as such, or by the name that the script defines it under. */
function functionBody(argument: readonly Token[], { tokens }: Uses): readonly Token[] | undefined {
  if (argument[0]?.text === 'function') return argument;
  const name = argument.length === 1 && argument[0]?.kind === 'name' ? argument[0].text : undefined;
  const start = tokens.findIndex(({ text }, i) => text === 'function' && tokens[i + 1]?.text === name);
  if (name === undefined || start < 0) return undefined;
  let depth = 0;
  for (let i = start; i < tokens.length; i++) {
    const { text, kind } = tokens[i] as Token;
    if (kind === 'word' && ['function', 'if', 'do', 'repeat'].includes(text)) depth++;
    if (kind === 'word' && ['end', 'until'].includes(text)) depth--;
    if (depth === 0) return tokens.slice(start, i);
  }
  return undefined;
}

/** `:connect(host, port, 0, 1`: the fourth argument is a number. */
function isAutoReconnect(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.text !== ':' || tokens[at + 1]?.text !== 'connect' || tokens[at + 2]?.text !== '(') return false;
  let commas = 0;
  let depth = 0;
  for (let i = at + 3; i < tokens.length && depth >= 0; i++) {
    const { text } = tokens[i] as Token;
    if ('([{'.includes(text)) depth++;
    if (')]}'.includes(text)) depth--;
    if (text === ',' && depth === 0) commas++;
    if (commas === 3) return tokens[i + 1]?.kind === 'number';
  }
  return false;
}
