/** `tm1829`: LED drivers on one line that rests high. Firmware: app/modules/tm1829.c */
import { us } from '../../runtime/core/index.ts';
import { PIN_COUNT, PIN_MODE } from '../../runtime/device/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { approximated, defineModule, type LuaResult, raw } from './lua.ts';
import { PIXBUF } from './pixbuf.ts';

const BIT_US = 1.25;
const RESET_US = 500;

export const tm1829 = defineModule({ name: 'tm1829' }, (device) => {
  const { gpio, cpu, hardware, clock } = device;

  /** Release 3.0 looks at the type of argument 3 where it means 2. */
  const valuesAt = (call: LuaCall): Uint8Array => {
    const type = device.profile.firmware === '3.0' ? call.type(3) : call.type(2);
    if (device.profile.firmware !== '3.0' || type === 'string') return call.checkBytes(2);
    if (type !== 'userdata') return call.argError(2, 'String or pixbuf expected');
    const { channels, values } = call.checkHost(2, PIXBUF);
    call.argCheck(channels === 3, 2, 'Bad pixbuf format');
    return values;
  };

  const write = (call: LuaCall): LuaResult => {
    const pin = call.checkInteger(1) & 0xff;
    const values = valuesAt(call);
    if (pin < PIN_COUNT) {
      gpio.setMode(pin, PIN_MODE.OUTPUT);
      gpio.write(pin, 1);
    }
    // A first byte of 255 would be a command.
    const sent = values.map((value, i) => (i % 3 === 0 && value === 0xff ? 0xfe : value));
    cpu.spend(us(sent.length * 8 * BIT_US + RESET_US));
    hardware.showPixels('tm1829', sent, clock.now());
  };

  return {
    functions: { write: approximated('its bits are not seen on the pin, only by an attached strip', raw(write)) },
  };
});
