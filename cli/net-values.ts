/** The values of `--net`, `--hostfwd` and `--serial`, in QEMU's words where it has any. Each returns what is wrong as one sentence. */
import {
  type Address,
  type AllowRule,
  type BridgeSpec,
  type ForwardSpec,
  type FramePortSpec,
  type GatewayOptions,
  parseNetwork,
  type SerialSpec,
} from '../bridge/index.ts';
import { parseIpv4 } from '../runtime/index.ts';
import { integer, type Parsed } from './values.ts';

/** `link`: the name it gets on the host. */
export interface PtySpec {
  readonly link?: string;
}

const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });

const LOOPBACK = '127.0.0.1';

/** What one `--net` asks for. */
export interface NetSpec {
  readonly gateway?: GatewayOptions;
  readonly forwards: readonly ForwardSpec[];
  readonly ports: readonly FramePortSpec[];
  readonly dhcp: boolean;
}

export function net(text: string): Parsed<NetSpec> {
  const [kind = '', ...options] = text.split(',');
  switch (kind) {
    case 'user':
      return userNet(options);
    case 'socket':
    case 'stream':
    case 'dgram':
      return portNet(kind, options);
    default:
      return bad(`'${kind}' is not a kind of network; write user, socket, stream or dgram`);
  }
}

/** `tcp:[addr]:8080-[guest]:80`. */
export function hostForward(text: string): Parsed<ForwardSpec> {
  const match = /^(?:(tcp|udp):)?([^:]*):(\d+)-([^:]*):(\d+)$/.exec(text);
  if (match === null) return bad(`'${text}' is not a forward; write tcp::8080-:80, in full tcp:ADDRESS:8080-DEVICE:80`);
  const [, protocol = 'tcp', host = '', hostPort = '', guestText = '', guestPort = ''] = match;
  const at = port(hostPort, 0);
  const to = port(guestPort);
  if (!at.ok) return at;
  if (!to.ok) return to;
  const guest = guestText === '' ? undefined : parseIpv4(guestText);
  // What looks like an address should be one.
  if (/^[\d.]+$/.test(guestText) && guest === undefined)
    return bad(`'${guestText}' is not an address of the virtual network`);
  return good({
    protocol: protocol as 'tcp' | 'udp',
    at: { host: host === '' ? LOOPBACK : host, port: at.value },
    ...(guest === undefined ? {} : { guest }),
    ...(guest !== undefined || guestText === '' ? {} : { guestName: guestText }),
    guestPort: to.value,
  });
}

/** A pseudo terminal, `pty` or `pty:LINK`; undefined for any other place. */
export function pty(text: string): Parsed<PtySpec | undefined> {
  const match = /^pty(?::(.+))?$/.exec(text);
  if (match === null) return good(undefined);
  return good(match[1] === undefined ? {} : { link: match[1] });
}

/** `tcp:[HOST:]PORT`, `rfc2217:[HOST:]PORT`; undefined for `stdio`, which is where the console goes anyway, and for `pty`. */
export function serial(text: string): Parsed<SerialSpec | undefined> {
  if (text === 'stdio' || /^pty(:.+)?$/.test(text)) return good(undefined);
  const match = /^(tcp|rfc2217):(.*)$/.exec(text);
  if (match === null)
    return bad(`'${text}' is not a place for the console; write stdio, pty, tcp:PORT or rfc2217:PORT`);
  const at = inet(match[2] as string);
  if (!at.ok) return at;
  return good({ protocol: match[1] === 'tcp' ? 'raw' : 'rfc2217', at: at.value });
}

/** All of a command line's networks as one description; undefined when nothing is attached. */
export function bridgeSpec(
  nets: readonly NetSpec[],
  forwards: readonly ForwardSpec[],
  console: SerialSpec | undefined,
): Parsed<BridgeSpec | undefined> {
  const gateways = nets.flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway]));
  if (gateways.length > 1) return bad('--net: there is only one gateway; put its options into one --net user');
  if (nets.length + forwards.length === 0 && console === undefined) return good(undefined);
  const all = [...nets.flatMap((spec) => spec.forwards), ...forwards];
  const places = all.map(({ protocol, at }) => `${protocol} ${at.host}:${at.port}`);
  const twice = places.find((place, i) => all[i]?.at.port !== 0 && places.indexOf(place) !== i);
  if (twice !== undefined) return bad(`--hostfwd: two forwards begin at ${twice}; give one another port`);
  const [gateway] = gateways;
  return good({
    ...(gateway === undefined ? {} : { gateway }),
    forwards: all,
    ports: nets.flatMap((spec) => spec.ports),
    ...(console === undefined ? {} : { serial: console }),
    dhcp: nets.every(({ dhcp }) => dhcp),
  });
}

function userNet(options: readonly string[]): Parsed<NetSpec> {
  const forwards: ForwardSpec[] = [];
  const allow: AllowRule[] = [];
  let restrict = false;
  let dns: Address | undefined;
  let listing = false;
  for (const option of options) {
    const [name, value] = pair(option);
    // `allow=a:1,b:2`: what has no name goes on with the list.
    const allowed: string | undefined = name === 'allow' ? value : listing && value === undefined ? option : undefined;
    listing = allowed !== undefined;
    if (allowed !== undefined) {
      const rule = allowRule(allowed);
      if (!rule.ok) return rule;
      allow.push(rule.value);
    } else if (name === 'hostfwd' && value !== undefined) {
      const forward = hostForward(value);
      if (!forward.ok) return forward;
      forwards.push(forward.value);
    } else if (name === 'restrict') {
      const yes = onOff(value);
      if (yes === undefined) return bad(`restrict is yes or no, not '${value ?? ''}'`);
      restrict = yes;
    } else if (name === 'dns' && value !== undefined) {
      const server = inet(value, 53);
      if (!server.ok) return server;
      dns = server.value;
    } else {
      return bad(`'${option}' is not known; user takes hostfwd=, restrict=, allow= and dns=`);
    }
  }
  const gateway = { restrict, allow, ...(dns === undefined ? {} : { dns }) };
  return good({ gateway, forwards, ports: [], dhcp: true });
}

/** `HOST:PORT`, `10.0.0.0/8:*`; without a port any. */
function allowRule(text: string): Parsed<AllowRule> {
  const match = /^([^:]+)(?::(\d+|\*))?$/.exec(text);
  if (match === null) return bad(`'${text}' is not an allowed place; write HOST:PORT with an IPv4 address or a name`);
  const [, host = '', portText = '*'] = match;
  if (/^[\d./]+$/.test(host) && parseNetwork(host) === undefined) return bad(`'${host}' is not an IPv4 address`);
  const wanted = portText === '*' ? good(undefined) : port(portText);
  return wanted.ok ? good({ host, port: wanted.value }) : wanted;
}

/** The socket kinds of QEMU's `-netdev`; with `wifi=SSID` who is there is a station on the air, not a machine on the LAN. */
function portNet(kind: 'socket' | 'stream' | 'dgram', options: readonly string[]): Parsed<NetSpec> {
  const values = new Map<string, string>();
  let dhcp = true;
  for (const option of options) {
    const [name, value] = pair(option);
    if (value === undefined) return bad(`'${option}' needs a value`);
    if (name !== 'dhcp') values.set(name, value);
    else {
      const yes = onOff(value);
      if (yes === undefined) return bad(`dhcp is on or off, not '${value}'`);
      dhcp = yes;
    }
  }
  const ssid = take(values, 'wifi');
  if (ssid === '') return bad('the SSID behind wifi= is missing');
  const password = ssid === undefined ? undefined : take(values, 'password');
  if (password !== undefined && !/^[\x20-\x7e]{8,63}$/.test(password))
    return bad('a Wi-Fi password has 8 to 63 ASCII characters');
  const spec = { socket: socketPort, stream: streamPort, dgram: datagramPort }[kind](values);
  if (!spec.ok) return spec;
  const [left] = values.keys();
  if (left !== undefined) return bad(`'${left}' is not known to ${kind}, or does not go with the rest`);
  // SSIDs are bytes; the user types UTF-8.
  const wifi =
    ssid === undefined
      ? {}
      : { wifi: { ssid: Buffer.from(ssid).toString('latin1'), ...(password === undefined ? {} : { password }) } };
  return good({ forwards: [], ports: [{ ...spec.value, ...wifi }], dhcp });
}

/** `listen=[HOST]:PORT`, `connect=HOST:PORT`, `udp=HOST:PORT,localaddr=HOST:PORT`; a path instead of a port is a UNIX socket. */
function socketPort(values: Map<string, string>): Parsed<FramePortSpec> {
  const listen = take(values, 'listen');
  if (listen !== undefined) return map(place(listen, 0), (at) => ({ kind: 'listen', at }));
  const connect = take(values, 'connect');
  if (connect !== undefined) return map(place(connect), (to) => ({ kind: 'connect', to }));
  const udp = take(values, 'udp');
  const local = take(values, 'localaddr');
  if (udp === undefined) return bad('socket needs listen=, connect= or udp=');
  const to = inet(udp);
  const at = local === undefined ? good(undefined) : inet(local, undefined, 0);
  if (!to.ok) return to;
  if (!at.ok) return at;
  return good({ kind: 'datagram', to: to.value, ...(at.value === undefined ? {} : { at: at.value }) });
}

/** `server=on|off,addr.type=inet|unix,addr.host=…,addr.port=…,addr.path=…`. */
function streamPort(values: Map<string, string>): Parsed<FramePortSpec> {
  const server = onOff(take(values, 'server') ?? 'off');
  if (server === undefined) return bad('server is on or off');
  const address = qemuAddress(values, 'addr', server ? 0 : 1);
  if (!address.ok) return address;
  return good(server ? { kind: 'listen', at: address.value } : { kind: 'connect', to: address.value });
}

/** `local.type=inet,local.host=…,local.port=…,remote.type=inet,remote.host=…,remote.port=…`. */
function datagramPort(values: Map<string, string>): Parsed<FramePortSpec> {
  const at = qemuAddress(values, 'local', 0);
  const to = qemuAddress(values, 'remote', 1);
  if (!at.ok) return at;
  if (!to.ok) return to;
  if ('path' in at.value || 'path' in to.value) return bad('dgram works with inet addresses only');
  return good({ kind: 'datagram', at: at.value, to: to.value });
}

function qemuAddress(values: Map<string, string>, prefix: string, lowest: 0 | 1): Parsed<Address> {
  const [type = 'inet', host, portText, path] = ['type', 'host', 'port', 'path'].map((name) =>
    take(values, `${prefix}.${name}`),
  );
  if (type === 'unix') return path === undefined ? bad(`${prefix}.path is missing`) : good({ path });
  if (type !== 'inet') return bad(`${prefix}.type is inet or unix, not '${type}'`);
  if (portText === undefined) return bad(`${prefix}.port is missing`);
  return map(port(portText, lowest), (number) => ({ host: host ?? LOOPBACK, port: number }));
}

/** A path is what has a slash in it. */
const place = (text: string, lowest: 0 | 1 = 1): Parsed<Address> =>
  text.includes('/') ? good({ path: text }) : inet(text, undefined, lowest);

/** `[HOST:]PORT`, or `HOST[:PORT]` where a port is given by default. */
function inet(
  text: string,
  usual?: number,
  lowest: 0 | 1 = usual === undefined ? 0 : 1,
): Parsed<{ host: string; port: number }> {
  const [host, number] = /^\d+$/.test(text) ? ['', text] : [text.replace(/:\d*$/, ''), /:(\d+)$/.exec(text)?.[1]];
  if (host.includes(':')) return bad(`'${text}' is not an IPv4 address or name with a port`);
  if (number === undefined && usual === undefined) return bad(`'${text}' has no port; write HOST:PORT`);
  return map(port(number ?? String(usual), lowest), (value) => ({ host: host === '' ? LOOPBACK : host, port: value }));
}

const port = (text: string, lowest = 1): Parsed<number> => {
  const number = integer(text, lowest, 65_535);
  return number.ok ? number : bad(`'${text}' is not a port; ${lowest} to 65535 is`);
};

const map = <T, U>(parsed: Parsed<T>, change: (value: T) => U): Parsed<U> =>
  parsed.ok ? good(change(parsed.value)) : parsed;

function take(values: Map<string, string>, name: string): string | undefined {
  const value = values.get(name);
  values.delete(name);
  return value;
}

/** `name=value`; the value is undefined without a sign of equality. */
function pair(option: string): [string, string | undefined] {
  const at = option.indexOf('=');
  return at < 0 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)];
}

function onOff(value: string | undefined): boolean | undefined {
  if (value === 'yes' || value === 'on' || value === 'y') return true;
  return value === 'no' || value === 'off' || value === 'n' ? false : undefined;
}
