/** `node`: the chip, its console, tasks and start-up settings. Firmware: app/modules/node.c */
import type { Priority } from '../../runtime/device/index.ts';
import { PRIORITY } from '../../runtime/device/index.ts';
import { LuaAbort, type LuaCall, LuaFloat, type LuaHandle, multi } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { approximated, defineModule, each, fn, type LuaResult, raw, since, type TableSpec } from './lua.ts';
import { compile, stripdebug } from './node-compile.ts';
import { info } from './node-info.ts';
import { lfsBootNote, lfsEntries } from './node-lfs.ts';
import { partitions } from './node-partitions.ts';
import { startup, startupcommand } from './node-startup.ts';
import { makePipe } from './pipe.ts';

const CPU80MHZ = 80;
const CPU160MHZ = 160;
/** Microseconds: the RTC's calibration of about 5.75 us per tick, times its 31-bit limit. */
const DSLEEP_MAX_US = 12_348_030_970;
const NO_SLEEP_NOTE =
  '\n The options "TIMER_SUSPEND_ENABLE" and "PMSLEEP_ENABLE" in "app/include/user_config.h" were disabled during FW build!\n';

/** Bit mask of node.egc modes. */
const EGC = { NOT_ACTIVE: 0, ON_ALLOC_FAILURE: 1, ON_MEM_LIMIT: 2, ALWAYS: 4 } as const;

export const node = defineModule({ name: 'node', open: lfsBootNote }, (device) => {
  const chipId = device.profile.mac % 2 ** 24;
  const random = device.rng.fork(`node.random/${device.boots}`);

  const post = (call: LuaCall): undefined => {
    const given = call.type(1) === 'number';
    const priority = given ? call.checkInteger(1) : PRIORITY.MEDIUM;
    call.argCheck(priority >= PRIORITY.LOW && priority <= PRIORITY.HIGH, 1, 'invalid  priority');
    const n = given ? 2 : 1;
    call.checkType(n, 'function');
    device.program.post(priority as Priority, call.ref(n), call);
  };

  const dsleep = (call: LuaCall): undefined => {
    const option = call.isNumber(2) ? call.toInteger(2) & 0xff : 0;
    if (option > 4 && !device.era.nodeOf2020) call.error('wrong arg range');
    const instant = call.isNumber(3) && call.checkInteger(3) !== 0;
    if (!call.isNumber(1)) return;
    device.deepSleep(Math.max(0, Math.trunc(call.toNumber(1) ?? 0)), option);
    if (instant) throw new LuaAbort('halt', 'node.dsleep');
  };

  const output = (call: LuaCall): undefined => {
    const serialDebug = !(call.isNumber(2) && call.toInteger(2) === 0);
    if (call.type(1) !== 'function') {
      device.program.redirect(undefined, true);
      return;
    }
    if (device.era.outputIsString) {
      device.program.redirect(call.ref(1), serialDebug);
      return;
    }
    device.program.redirect(makePipe(device, call, call.handle(1) as LuaHandle, PRIORITY.MEDIUM).pipe, serialDebug);
  };

  const randomRange = (call: LuaCall): LuaResult => {
    if (call.count === 0) return random.float();
    if (call.count > 2) call.error('wrong number of arguments');
    const low = call.count === 2 ? call.checkInteger(1) : 1;
    const high = call.checkInteger(call.count);
    call.argCheck(low <= high, 2, 'interval is empty');
    return low + random.below(high - low + 1);
  };

  const setmode = (call: LuaCall): undefined => {
    const mode = call.checkInteger(1);
    const limit = call.optInteger(2, 0);
    call.argCheck(mode >= 0 && mode <= (EGC.ON_ALLOC_FAILURE | EGC.ON_MEM_LIMIT | EGC.ALWAYS), 1, 'invalid mode');
    call.argCheck((mode & EGC.ON_MEM_LIMIT) === 0 || limit !== 0, 1, 'limit must be non-zero');
  };

  const lfs = lfsEntries(device);
  const tables: NonNullable<TableSpec['tables']> = {
    task: {
      functions: { post: raw(post) },
      constants: { LOW_PRIORITY: 0, MEDIUM_PRIORITY: 1, HIGH_PRIORITY: 2 },
    },
    LFS: since('3.0', {
      functions: { list: lfs.list, get: lfs.get, reload: lfs.reload, __index: lfs.index },
    }),
  };
  const egc: TableSpec = {
    functions: {
      meminfo: since(
        '2.2',
        approximated(
          'an estimate of the heap in use, twice',
          fn([], () => multi(device.lua.heapUsed, device.lua.heapUsed)),
        ),
      ),
      setmode: approximated('checked; the collector keeps its own pace', raw(setmode)),
    },
    constants: EGC,
  };

  return {
    order:
      'heap info task flashreload flashindex LFS setonerror startupcommand startup restart dsleep dsleepMax sleep chipid flashid flashsize input output compile CPU80MHZ CPU160MHZ setcpufreq getcpufreq bootreason restore random stripdebug egc getpartitiontable setpartitiontable',
    constants: { CPU80MHZ, CPU160MHZ },
    functions: {
      heap: approximated(
        'an estimate of what the script holds',
        fn([], () => device.freeHeap),
      ),
      info: raw((call) => info(device, chipId, call)),
      ...each((entry) => since('2.2', entry), {
        flashreload: lfs.flashreload,
        flashindex: lfs.flashindex,
        dsleepMax: approximated(
          'the value of one chip',
          fn([], () => new LuaFloat(DSLEEP_MAX_US)),
        ),
        sleep: raw((call) => {
          device.uart.writeText(NO_SLEEP_NOTE);
          call.error('node.sleep() is unavailable');
        }),
        getcpufreq: fn([], () => device.frequency),
        random: raw(randomRange),
      }),
      ...each((entry) => since('3.0', entry), {
        setonerror: fn([arg.functionOrNothing], (handler) => device.program.setOnError(handler?.ref())),
        startupcommand: raw((call) => startupcommand(device, call)),
        startup: raw((call) => startup(device, call)),
        ...partitions(device),
      }),
      restart: fn([], () => device.restart()),
      dsleep: raw(dsleep),
      chipid: fn([], () => chipId),
      flashid: fn([], () => device.profile.flashId),
      flashsize: fn([], () => device.profile.flashBytes),
      input: fn([arg.text], (text) => device.input(text)),
      output: raw(output),
      compile: raw((call) => compile(device, call)),
      setcpufreq: approximated(
        'only the number changes',
        fn([arg.integer()], (mhz) => {
          device.frequency = mhz === CPU160MHZ ? CPU160MHZ : CPU80MHZ;
          return device.frequency;
        }),
      ),
      bootreason: fn([], () => multi(device.bootReason.raw, device.bootReason.reason)),
      restore: fn([], () => device.wifi.restore()),
      stripdebug: approximated('functions that exist already keep what they know', raw(stripdebug)),
    },
    tables: device.profile.lua === '5.1' ? { ...tables, egc } : tables,
  };
});
