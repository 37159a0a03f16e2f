import { type LuaCall, multi, NIL } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { approximated, defineModule, each, fn, type LuaResult, raw, since, until } from './lua.ts';
import { smartconfig } from './smartconfig.ts';
import { ap } from './wifi-ap.ts';
import { Country } from './wifi-country.ts';
import { EventCallbacks, eventmon } from './wifi-eventmon.ts';
import { sta } from './wifi-sta.ts';

const SUSPEND_NOTE = '\n The option "PMSLEEP_ENABLE" in "app/include/user_config.h" was disabled during FW build!\n';
const MODES = [0, 1, 2, 3];

/** Settings that nothing else depends on. */
interface RadioSettings {
  phyMode: number;
  sleepType: number;
  nullModeSleep: boolean;
  asleep: boolean;
}

export const wifi = defineModule({ name: 'wifi' }, (device) => {
  const callbacks = new EventCallbacks(device);
  const settings: RadioSettings = { phyMode: 3, sleepType: 2, nullModeSleep: true, asleep: false };
  const country = new Country();

  const setmode = (call: LuaCall): LuaResult => {
    const mode = call.checkInteger(1);
    call.argCheck(MODES.includes(mode), 1, 'Invalid mode');
    if (!call.isNoneOrNil(2)) call.checkType(2, 'boolean');
    device.wifi.setMode(mode, call.isNoneOrNil(2) || call.toBoolean(2));
    return device.wifi.mode;
  };

  const suspend = raw((call: LuaCall) => {
    device.uart.writeText(SUSPEND_NOTE);
    call.error('wifi.suspend is unavailable');
  });

  /** wifi.sleep(1) forces the modem to sleep, wifi.sleep(0) wakes it, without argument it tells. */
  const sleep = (call: LuaCall): LuaResult => {
    const wanted = call.isNumber(1) ? call.toNumber(1) : undefined;
    if (wanted === 1 && !settings.asleep) device.wifi.setMode(0, true);
    if (wanted === 1 || wanted === 0) settings.asleep = wanted === 1;
    return multi(settings.asleep ? 1 : 0, NIL);
  };

  const sleeptype = approximated(
    'the radio always listens',
    raw((call: LuaCall) => {
      if (call.isNumber(1)) {
        const type = call.toInteger(1);
        call.argCheck(type >= 0 && type <= 2, 1, 'range:0-2');
        settings.sleepType = type;
      }
      return settings.sleepType;
    }),
  );

  return {
    order:
      'setmode getmode getdefaultmode getchannel getcountry setcountry setphymode getphymode setmaxtxpower suspend resume nullmodesleep startsmart stopsmart sleeptype sta ap eventmon NULLMODE STATION SOFTAP STATIONAP PHYMODE_B PHYMODE_G PHYMODE_N NONE_SLEEP LIGHT_SLEEP MODEM_SLEEP OPEN WPA_PSK WPA2_PSK WPA_WPA2_PSK STA_IDLE STA_CONNECTING STA_WRONGPWD STA_APNOTFOUND STA_FAIL STA_GOTIP COUNTRY_AUTO COUNTRY_MANUAL',
    constants: {
      NULLMODE: 0,
      STATION: 1,
      SOFTAP: 2,
      STATIONAP: 3,
      PHYMODE_B: 1,
      PHYMODE_G: 2,
      PHYMODE_N: 3,
      NONE_SLEEP: 0,
      LIGHT_SLEEP: 1,
      MODEM_SLEEP: 2,
      OPEN: 0,
      WPA_PSK: 2,
      WPA2_PSK: 3,
      WPA_WPA2_PSK: 4,
      STA_IDLE: 0,
      STA_CONNECTING: 1,
      STA_WRONGPWD: 2,
      STA_APNOTFOUND: 3,
      STA_FAIL: 4,
      STA_GOTIP: 5,
      COUNTRY_AUTO: since('2.2', 0),
      COUNTRY_MANUAL: since('2.2', 1),
    },
    functions: {
      setmode: raw(setmode),
      getmode: fn([], () => device.wifi.mode),
      getdefaultmode: fn([], () => device.wifi.saved.mode),
      getchannel: fn([], () => device.wifi.channel),
      ...each((entry) => since('2.2', entry), {
        getcountry: fn([], () => country.table()),
        setcountry: approximated(
          'kept; channels stay 1 to 13',
          raw((call) => country.set(call)),
        ),
        setmaxtxpower: approximated(
          'accepted; the signal stays as it is',
          // The firmware returns whatever is on top of its stack: the last argument.
          raw((call: LuaCall) => {
            const power = call.checkInteger(1);
            call.argCheck(power > 0 && power < 83, 1, 'tx power out of range (0->82)');
            return call.value(call.count) ?? NIL;
          }),
        ),
        suspend,
        resume: suspend,
      }),
      sleep: until('1.5', 2017, approximated('sleeping is mode 0 and nothing else', raw(sleep))),
      setphymode: approximated(
        'only the number changes',
        fn([arg.integer()], (mode, call) => {
          if (mode < 1 || mode > 3) call.error('wrong arg type');
          settings.phyMode = mode;
          return mode;
        }),
      ),
      getphymode: fn([], () => settings.phyMode),
      nullmodesleep: approximated(
        'only the setting changes',
        raw((call: LuaCall) => {
          if (call.count > 0) settings.nullModeSleep = call.toBoolean(1);
          return settings.nullModeSleep;
        }),
      ),
      sleeptype,
      ...smartconfig(device),
    },
    tables: {
      sta: sta(device, callbacks, { sleeptype }),
      ap: ap(device, callbacks),
      eventmon: eventmon(device, callbacks),
    },
  };
});
