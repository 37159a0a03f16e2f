import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { approximated, defineModule, type LuaResult, raw } from './lua.ts';

const START = 0x40000000;
/** End of the code in flash of a build of about 700 KB. */
const END = 0x402c0000;
const BINS = 1024;
const PERIOD_US = 50;

export const perf = defineModule({ name: 'perf' }, (device) => {
  let started: { readonly at: number; readonly binSize: number } | undefined;

  const start = (call: LuaCall): LuaResult => {
    const [from, to] = [call.optInteger(1, START) >>> 0, call.optInteger(2, END) >>> 0];
    const bins = call.optInteger(3, BINS) >>> 0;
    if (to <= from) call.error('end must be larger than start');
    const size = Math.ceil((to - from) / Math.max(1, bins));
    started = { at: device.uptime, binSize: 2 ** Math.ceil(Math.log2(size)) };
  };

  const stop = (): LuaResult => {
    if (started === undefined) return undefined;
    const samples = Math.trunc((device.uptime - started.at) / PERIOD_US);
    const { binSize } = started;
    started = undefined;
    return multi(samples, samples, new Map(), binSize);
  };

  const how = 'samples are counted by time, and all are outside of the range';
  return {
    functions: { start: approximated(how, raw(start)), stop: approximated(how, raw(stop)) },
  };
});
