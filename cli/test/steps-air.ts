/** Steps that make trouble: on the air, at the access point, in the network's services. */
import { NtpServer, us } from '../../runtime/index.ts';
import { type TestWorld, Unmet } from '../testing/index.ts';
import { asTime } from './context.ts';
import { choice, either, flag, nothing, object, optional, rate, text, time, whole } from './shape.ts';
import { type StepKind, step } from './step.ts';

const ssid = () => optional(text('an SSID'));

/** Does something now and the opposite later, while other steps go on. */
function forAWhile(net: TestWorld, duration: number | undefined, begin: () => void, end: () => void): void {
  begin();
  if (duration !== undefined) net.world.clock.timer('scenario', end).arm(us(duration));
}

export const AIR_STEPS: Readonly<Record<string, StepKind>> = {
  'ap-down': step(
    'The access point loses power, for a time or until ap-up.',
    either(nothing(), object({ ssid: ssid(), for: optional(time()) })),
    (value, { net }) => {
      const ap = net.accessPoint(value?.ssid);
      forAWhile(
        net,
        value?.for,
        () => ap.setUp(false),
        () => ap.setUp(true),
      );
    },
  ),
  'ap-up': step('The access point is back.', either(nothing(), object({ ssid: ssid() })), (value, { net }) =>
    net.accessPoint(value?.ssid).setUp(true),
  ),
  deauth: step(
    'The access point sends the device away, with a reason code of 802.11.',
    either(nothing(), object({ ssid: ssid(), reason: optional(whole(1, 65_535)) })),
    (value, { net }, { device }) => {
      net.accessPoint(value?.ssid).deauth(device.device.wifi.mac, value?.reason);
    },
  ),
  rssi: step(
    'The signal level at the stations in dBm; below -91 nothing is heard.',
    either(whole(-120, 0), object({ ssid: ssid(), dbm: whole(-120, 0) })),
    (value, { net }) =>
      typeof value === 'number' ? net.accessPoint().setRssi(value) : net.accessPoint(value.ssid).setRssi(value.dbm),
  ),
  loss: step(
    'Frames of the air get lost with this chance from now on; 0% ends it.',
    either(
      rate(),
      object({
        rate: rate(),
        for: optional(time()),
        direction: optional(choice('to-ap', 'from-ap')),
        limit: optional(whole(1, 100_000)),
      }),
    ),
    (value, { net }) => {
      const rules = net.world.medium.rules;
      const options =
        typeof value === 'number' ? { rate: value, for: undefined, direction: undefined, limit: undefined } : value;
      for (const rule of [...net.losses.splice(0)]) rules.remove(rule);
      if (options.rate === 0) return;
      net.losses.push(
        net.fault({
          effect: 'drop',
          probability: options.rate,
          ...(options.direction === undefined ? {} : { match: { direction: options.direction } }),
          ...(options.limit === undefined ? {} : { limit: options.limit }),
          ...(options.for === undefined ? {} : { until: us(net.now + options.for) }),
        }),
      );
    },
  ),
  latency: step(
    'Every frame of the air takes this much longer from now on, with up to jitter more.',
    either(time(), object({ time: time(), jitter: optional(time()) })),
    (value, { net }) => {
      const { time: by, jitter = 0 } = typeof value === 'number' ? { time: value } : value;
      net.fault({ effect: 'delay', time: us(by), jitter: us(jitter) });
    },
  ),
  'dhcp-silence': step(
    'The router gives no leases: for a time, or until dhcp-silence: false.',
    either(flag(), object({ for: time() })),
    (value, { net }) => {
      const dhcp = net.world.router?.dhcp;
      if (dhcp === undefined) return;
      if (typeof value === 'boolean') dhcp.enabled = !value;
      else
        forAWhile(
          net,
          value.for,
          () => {
            dhcp.enabled = false;
          },
          () => {
            dhcp.enabled = true;
          },
        );
    },
  ),
  'wps-button': step(
    "Somebody presses the access point's WPS button; what a device with WPS then gets.",
    either(nothing(), object({ ssid: ssid(), outcome: optional(choice('success', 'failed', 'silence', 'wep')) })),
    (value, { net }) => net.accessPoint(value?.ssid).pressWps(value?.outcome),
  ),
  smartconfig: step(
    "A phone's app tells the credentials of its network to the devices that listen for them.",
    object({ ssid: text('an SSID'), password: optional(text()) }),
    ({ ssid, password = '' }, { net }) => net.world.tellCredentials(ssid, password),
  ),
  service: step(
    'What goes wrong at a service of the world, such as mqtt.test, from now on; what is not named goes right.',
    object({
      name: text("a service's name"),
      refuse: optional(either(flag(), object({ code: whole(0, 999) }))),
      'drop-after': optional(whole(0, 100_000)),
      delay: optional(time()),
      wrong: optional(flag()),
    }),
    ({ name, refuse, 'drop-after': dropAfter, delay, wrong }, { net }) => {
      if (!net.world.services.has(name)) throw new Unmet(`no service is called '${name}'`);
      net.serviceFaults(name, {
        refuse: typeof refuse === 'object' ? refuse.code : refuse,
        dropAfter,
        delay: delay === undefined ? undefined : us(delay),
        wrong,
      });
    },
  ),
  clock: step(
    'The time that ntp.test tells from now on, such as 2038-01-19T03:14:00Z.',
    text('a time such as 2038-01-19T03:14:00Z'),
    (value, { net }) => {
      const wanted = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
      const server = net.world.services.get('ntp.test');
      if (Number.isNaN(wanted)) throw new TypeError(`'${value}' is no time; write it as 2038-01-19T03:14:00Z`);
      if (!(server instanceof NtpServer)) throw new TypeError('this world has no ntp.test');
      server.faults.offset = us(wanted * 1000 - server.time + (server.faults.offset ?? 0));
    },
  ),
  'let-idle': step(
    'Waits until nothing that ends by itself can wake any script.',
    either(nothing(), object({ within: time() })),
    (value, { net }) => net.rest(value === undefined ? undefined : asTime(value.within)),
  ),
};
