/** Steps of a phone: it joins networks, a device's own access point too, and goes through a captive portal. */
import { find, Unmet } from '../testing/index.ts';
import { limitOf } from './context.ts';
import { choice, object, optional, record, text, wanted } from './shape.ts';
import { type StepKind, step } from './step.ts';

export const PHONE_STEPS: Readonly<Record<string, StepKind>> = {
  phone: step(
    'A phone joins a network, opens a page or the portal it found there, and fills in the form of the open page.',
    object({
      name: optional(text("a phone's name")),
      kind: optional(choice('android', 'apple', 'windows')),
      join: optional(text('an SSID; ends in * for any network that begins so')),
      password: optional(text()),
      captive: optional(choice('portal', 'internet', 'nothing')),
      open: optional(text('a URL, or portal')),
      submit: optional(record(text())),
      expect: optional(wanted()),
      leave: optional(choice('network')),
    }),
    (value, { net }, actors) => {
      const within = limitOf(actors);
      const known = net.phones.find(({ phone }) => value.name === undefined || phone.name === value.name);
      const { name, kind } = value;
      const phone =
        known ?? net.phone({ ...(name === undefined ? {} : { name }), ...(kind === undefined ? {} : { kind }) });
      if (value.join !== undefined) {
        const { join, password } = value;
        const ssid = join.endsWith('*') ? phone.findNetwork(join.slice(0, -1), within) : join;
        const captive = phone.join(ssid, {
          ...(password === undefined ? {} : { password }),
          ...(within === undefined ? {} : { within }),
        });
        if (value.captive !== undefined && captive !== value.captive)
          throw new Unmet(`behind '${ssid}' is not what was expected`, { expected: value.captive, actual: captive });
      }
      if (value.open === 'portal') phone.openPortal(within);
      else if (value.open !== undefined) phone.open(value.open, within);
      if (value.submit !== undefined) phone.submit(value.submit, within);
      const { page } = phone.phone;
      if (value.expect !== undefined && (page === undefined || find(value.expect, page.body) === undefined))
        throw new Unmet(`the page has no '${value.expect}'`, {
          expected: value.expect,
          actual: page?.body ?? 'no page',
        });
      if (value.leave !== undefined) phone.leave();
    },
  ),
};
