/** The file of `mcubox run --world`: devices, access points, hosts, faults. Every mistake has a line and a column. */
import { isMap, type Node } from 'yaml';
import {
  defaultWorld,
  formatIpv4,
  HOME_NETWORK,
  type Ipv4Address,
  LUA_BUILDS,
  type Network,
  networkOf,
  parseIpv4,
  SERVICE_KINDS,
} from '../runtime/index.ts';
import { AP_FIELDS, DEVICE_FIELDS, HOST_FIELDS } from './test/scenario.ts';
import {
  choice,
  list,
  object,
  optional,
  type Problem,
  type Reading,
  rate,
  record,
  type Shape,
  scalar,
  text,
  time,
  unknown,
  type ValueOf,
  WRONG,
  whole,
} from './test/shape.ts';
import { readToml } from './toml.ts';
import { integer, type Parsed, STATION_MAC, WIFI_PASSWORD } from './values.ts';
import { concerns, pinLevel, registerMap, type Wiring, wiring } from './world-wiring.ts';

const TEXT = { type: 'string' } as const;
const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });

const password = scalar('a password', TEXT, (value) =>
  WIFI_PASSWORD.test(value)
    ? good(value)
    : bad('a password has 8 to 63 ASCII characters; leave it out for an open network'),
);
const mac = scalar('an address such as 02:00:00:00:00:01', TEXT, (value) =>
  STATION_MAC.test(value)
    ? good(value.toLowerCase())
    : bad(`'${value}' is not the address of one station, such as 02:00:00:00:00:01`),
);
const ssid = scalar('an SSID', TEXT, (value) =>
  value !== '' && Buffer.byteLength(value) <= 32 ? good(value) : bad('an SSID has 1 to 32 bytes'),
);

const address = scalar('an address such as 192.168.1.20', TEXT, (value) => {
  const ip = parseIpv4(value);
  if (ip === undefined) return bad(`'${value}' is not an address`);
  const last = ip & 0xff;
  return last === 0 || last === 0xff ? bad(`'${value}' is not the address of one machine`) : good(value);
});

export interface Serving {
  readonly kind: string;
  readonly port: number;
}

/** `mqtt:1883`; without a port the service's own. */
const serving = scalar('a service such as mqtt:1883', TEXT, (value): Parsed<Serving> => {
  const [kind = '', portText, ...more] = value.split(':');
  const known = Object.hasOwn(SERVICE_KINDS, kind) ? SERVICE_KINDS[kind] : undefined;
  if (known === undefined) return bad(unknown(kind, Object.keys(SERVICE_KINDS), 'service'));
  const port = portText === undefined ? good(known.port) : integer(portText, 1, 65_535);
  if (!port.ok || more.length > 0) return bad(`'${value}' is not a service; write ${kind}:${known.port}`);
  if (known.fixed && port.value !== known.port) return bad(`${kind} answers at port ${known.port} only`);
  return good({ kind, port: port.value });
});

const registers = object({ i2c: whole(0, 127), registers: record(whole(0, 255)) });

/** A sentence, or an I2C device as a map of registers. */
const wired: Shape<Wiring> = {
  kind: 'scalar',
  what: 'a part such as dht on 2: 23.5 C 45.5 %',
  schema: {},
  read: (node, reading) => {
    if (!isMap(node)) return scalar('a part such as dht on 2: 23.5 C 45.5 %', TEXT, wiring).read(node, reading);
    const map = registers.read(node, reading);
    if (map === WRONG) return WRONG;
    const made = registerMap(map.i2c, map.registers);
    return made.ok ? made.value : reading.wrong(node, made.message);
  },
};

const parts: Shape<readonly Wiring[]> = {
  ...list(wired),
  read: (node, reading) => {
    const all = list(wired).read(node, reading);
    if (all === WRONG) return WRONG;
    for (const [i, change] of all.entries())
      if (change.is === 'change' && !all.slice(0, i).some((part) => concerns(change, part)))
        return reading.wrong(childOf(node, i), `no '${change.kind}' is wired there before; write it once without 'at'`);
    return all;
  },
};

/** What stands as `[[name]]`. */
const tables = <T>(name: string, of: Shape<T>): Shape<readonly T[]> => ({
  ...list(of),
  read: (node, reading) =>
    isMap(node) ? reading.wrong(node, `write [[${name}]], with two brackets`) : list(of).read(node, reading),
});

const yes = () =>
  scalar('true', { const: true }, (value) =>
    value === 'true' ? good(true as const) : bad('only true can stand here'),
  );

const refusal = scalar(
  "true or a protocol's code",
  {},
  (value): Parsed<number | true> =>
    value === 'true'
      ? good(true as const)
      : /^\d{1,3}$/.test(value)
        ? good(Number(value))
        : bad(`'${value}' is neither true nor a code of the protocol`),
);

const fault = object({
  from: optional(time()),
  for: optional(time()),
  ap: optional(text('an SSID')),
  down: optional(yes()),
  rssi: optional(whole(-120, 0)),
  deauth: optional(text("a device's name")),
  reason: optional(whole(1, 65_535)),
  service: optional(text("a service's name")),
  refuse: optional(refusal),
  'drop-after': optional(whole(0, 100_000)),
  wrong: optional(yes()),
  delay: optional(time()),
  jitter: optional(time()),
  loss: optional(rate()),
  dup: optional(rate()),
  reorder: optional(rate()),
  corrupt: optional(rate()),
  device: optional(text("a device's name")),
  restart: optional(yes()),
  power: optional(choice('off')),
  dhcp: optional(choice('silent')),
});

export type FaultSpec = ValueOf<typeof fault>;
type FaultKey = keyof FaultSpec;

/** What a fault is about: the key that says so, and what may stand beside it (one of the first list must). */
const SUBJECTS: readonly {
  readonly key: FaultKey | undefined;
  readonly one: readonly FaultKey[];
  readonly beside: readonly FaultKey[];
}[] = [
  { key: 'ap', one: ['down', 'rssi', 'deauth'], beside: ['reason'] },
  { key: 'service', one: ['refuse', 'drop-after', 'wrong', 'delay'], beside: [] },
  { key: 'dhcp', one: ['dhcp'], beside: [] },
  { key: 'deauth', one: ['deauth'], beside: ['reason'] },
  { key: 'restart', one: ['restart'], beside: ['device'] },
  { key: 'power', one: ['power'], beside: ['device'] },
  { key: undefined, one: ['loss', 'delay', 'jitter', 'dup', 'reorder', 'corrupt'], beside: ['device'] },
];
/** Of one moment: they have no duration. */
const MOMENTS: readonly FaultKey[] = ['deauth', 'restart'];

const device = object({
  ...DEVICE_FIELDS,
  lua: optional(choice(...LUA_BUILDS)),
  firmware: optional(choice('3.0', '2.2', '1.5')),
  parts: optional(parts),
  pins: optional(list(scalar('a level such as pin 4 = low at 3s', TEXT, pinLevel))),
});

const file = object({
  seed: optional(whole(0, Number.MAX_SAFE_INTEGER)),
  router: optional(address),
  ap: optional(
    tables(
      'ap',
      object({
        ...AP_FIELDS,
        ssid,
        password: optional(password),
        channel: optional(whole(1, 13)),
        bssid: optional(mac),
      }),
    ),
  ),
  device: tables('device', device),
  host: optional(tables('host', object({ ...HOST_FIELDS, ip: address, serve: optional(list(serving)) }))),
  fault: optional(tables('fault', fault)),
});

export type WorldFile = ValueOf<typeof file>;
export type WorldDevice = WorldFile['device'][number];

export type WorldFileResult =
  | { readonly ok: true; readonly file: WorldFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The world, or everything that is wrong with the text. */
export function readWorldFile(source: string): WorldFileResult {
  const toml = readToml(source);
  if (!toml.ok) return { ok: false, problems: [toml.problem] };
  const { root, reading } = toml;
  const world = file.read(root, reading);
  if (world !== WRONG) checkNames(world, root, reading);
  return world === WRONG || reading.problems.length > 0
    ? { ok: false, problems: reading.problems }
    : { ok: true, file: world };
}

/** The LAN: 256 addresses around the router's. */
export const networkOfFile = ({ router }: WorldFile): Network =>
  router === undefined ? HOME_NETWORK : networkOf(parseIpv4(router) as Ipv4Address);

/** By default esp1, esp2, … */
export const deviceName = ({ name }: WorldDevice, index: number): string => name ?? `esp${index + 1}`;

/** What can be called a service in a fault: `mqtt.test`, `broker.lan`, `broker.lan:1883`. */
export const serviceNames = ({ host: hosts = [] }: WorldFile): string[] => [
  ...defaultWorld().services.keys(),
  ...hosts.flatMap(({ name, serve = [] }) =>
    serve.length === 0 ? [] : [name, ...serve.map(({ port }) => `${name}:${port}`)],
  ),
];

function checkNames(world: WorldFile, root: Node, reading: Reading): void {
  const devices = world.device.map(deviceName);
  const at = (...path: (string | number)[]): Node | undefined => path.reduce<Node | undefined>(childOf, root);
  const once = (what: string, names: readonly string[], place: (index: number) => Node | undefined): void => {
    for (const [i, name] of names.entries())
      if (names.indexOf(name) !== i) reading.wrong(place(i), `there is another ${what} '${name}'`);
  };
  if (devices.length === 0) reading.wrong(root, 'a world needs a [[device]]');
  const hosts = world.host ?? [];
  const services = serviceNames(world);
  once('device', devices, (i) => at('device', i, 'name'));
  once(
    'host',
    hosts.map(({ name }) => name),
    (i) => at('host', i, 'name'),
  );
  once(
    'host at',
    hosts.map(({ ip }) => ip),
    (i) => at('host', i, 'ip'),
  );
  const aps = world.ap ?? [];
  once(
    'access point with the bssid',
    aps.map(({ bssid }, i) => bssid ?? `${i}`),
    (i) => at('ap', i, 'bssid'),
  );
  for (const [i, { name }] of hosts.entries()) {
    if (name === '') reading.wrong(at('host', i, 'name'), 'a name has at least one letter');
    if (devices.includes(name)) reading.wrong(at('host', i, 'name'), `there is a device '${name}'`);
    if (defaultWorld().hosts.some((host) => host.name === name))
      reading.wrong(at('host', i, 'name'), `${name} is there by itself; give the host another name`);
  }
  for (const [i, name] of devices.entries())
    if (name === '') reading.wrong(at('device', i, 'name'), 'a name has at least one letter');
  const { router } = networkOfFile(world);
  for (const [i, { ip }] of hosts.entries()) {
    const addr = parseIpv4(ip) as Ipv4Address;
    const near = formatIpv4((addr - (addr & 0xff) + 1) as Ipv4Address);
    const other = `${ip} is not in the network of the router, ${formatIpv4(router)}; write router = "${near}"`;
    if (addr >>> 8 !== router >>> 8) reading.wrong(at('host', i, 'ip'), other);
    else if (addr === router) reading.wrong(at('host', i, 'ip'), `the router has ${ip} already`);
  }
  for (const [i, { serve = [], listen = [] }] of hosts.entries())
    once('service at port', [...serve.map(({ port }) => `${port}`), ...listen.map(String)], () =>
      at('host', i, 'serve'),
    );
  for (const [i, { lua, firmware = '3.0' }] of world.device.entries())
    if (lua !== undefined && lua !== '5.1' && firmware !== '3.0')
      reading.wrong(at('device', i, 'lua'), `Lua 5.3 came with firmware 3.0; ${firmware} has Lua 5.1 only`);
  const known: Readonly<Record<string, readonly string[]>> = {
    ap: aps.map(({ ssid }) => ssid),
    device: devices,
    deauth: devices,
    service: services,
  };
  for (const [i, one] of (world.fault ?? []).entries()) {
    for (const [key, names] of Object.entries(known)) {
      const name = one[key as FaultKey];
      if (typeof name === 'string' && !names.includes(name))
        reading.wrong(
          at('fault', i, key),
          unknown(name, names, key === 'ap' ? 'access point' : key === 'service' ? key : 'device'),
        );
    }
    const wrong = faultMistake(one);
    if (wrong !== undefined) reading.wrong(at('fault', i, wrong.key) ?? at('fault', i), wrong.message);
  }
}

function faultMistake(one: FaultSpec): { readonly key: string; readonly message: string } | undefined {
  const keys = (Object.keys(one) as FaultKey[]).filter(
    (key) => one[key] !== undefined && key !== 'from' && key !== 'for',
  );
  const subject = SUBJECTS.find(({ key }) => key === undefined || keys.includes(key));
  if (subject === undefined) return undefined;
  const { key: about, one: effects, beside } = subject;
  const [first = ''] = keys;
  if (!effects.some((effect) => keys.includes(effect)))
    return { key: first, message: `what goes wrong? Write ${effects.join(', ')}` };
  const stray = keys.find((key) => key !== about && !effects.includes(key) && !beside.includes(key));
  if (stray !== undefined)
    return {
      key: stray,
      message: `'${stray}' does not go with '${about ?? effects.find((e) => keys.includes(e))}'; write another [[fault]]`,
    };
  const moment = MOMENTS.find((key) => keys.includes(key));
  if (moment !== undefined && one.for !== undefined)
    return { key: 'for', message: `'${moment}' is one moment and has no 'for'` };
  return undefined;
}

/** A field of a table or an item of a list, where it stands. */
function childOf(node: Node | null | undefined, key: string | number): Node | undefined {
  const child: unknown =
    node !== null && node !== undefined && 'get' in node
      ? (node as { get(key: string | number, keep: true): unknown }).get(key, true)
      : undefined;
  return child as Node | undefined;
}
