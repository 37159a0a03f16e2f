/**
 * `--trace`: what happened, on one time axis, in the JSON that Perfetto and chrome://tracing open. One process per
 * device (its Lua, its events) and one for the network; arrows lead from a frame to the Lua it woke and from Lua to the
 * frames it sent.
 */
import { describeFrame, type FrameCause, type Micros, type TraceEvent } from '../runtime/index.ts';
import { OutputFile } from './output-file.ts';

const NETWORK = 0;
/** Threads of a process. */
const [LUA, EVENTS] = [1, 2];

export class TraceFile {
  readonly #file: OutputFile;
  readonly #processes = new Map<string, number>();
  #first = true;

  /** Creates the file; throws CannotWrite. */
  constructor(path: string) {
    this.#file = new OutputFile(path);
    this.#file.write('{"displayTimeUnit":"ms","traceEvents":[\n');
    this.#name(NETWORK, 'network');
    this.#add({ ph: 'M', name: 'thread_name', pid: NETWORK, tid: LUA, args: { name: 'frames' } });
  }

  /** Anything that the trace tells. `wokenBy`: the frame behind it by number, or what else it was. */
  event({ at: ts, node, layer, event, detail }: TraceEvent, wokenBy: number | string): void {
    // Frames are told by the network.
    if (layer === 'link') return;
    const pid = this.#process(node);
    if (layer !== 'lua') {
      this.#add({ ph: 'i', s: 't', ts, pid, tid: EVENTS, name: `${layer} ${event}`, args: { detail } });
      return;
    }
    const slice = { ts, pid, tid: LUA, name: detail };
    if (event === 'left') this.#add({ ph: 'E', ...slice });
    else {
      this.#add({
        ph: 'B',
        ...slice,
        args: { 'woken by': typeof wokenBy === 'number' ? `frame ${wokenBy + 1}` : wokenBy },
      });
      if (typeof wokenBy === 'number') this.#add({ ph: 'f', bp: 'e', cat: 'wakes', id: `w${wokenBy}`, ...slice });
    }
  }

  /** A frame on the network, by its number from 0. */
  frame(ts: Micros, frame: Uint8Array, index: number, cause: FrameCause | undefined): void {
    const slice = { ts, pid: NETWORK, tid: LUA, name: describeFrame(frame) };
    const by = cause === undefined ? {} : { line: `${cause.device} ${cause.line}` };
    this.#add({ ph: 'X', dur: 1, ...slice, args: { frame: index + 1, ...by } });
    this.#add({ ph: 's', cat: 'wakes', id: `w${index}`, ...slice });
    if (cause === undefined) return;
    const sent = { cat: 'sends', id: `s${index}`, name: cause.line };
    this.#add({ ph: 's', ts: cause.at, pid: this.#process(cause.device), tid: LUA, ...sent });
    this.#add({ ph: 'f', bp: 'e', ts, pid: NETWORK, tid: LUA, ...sent });
  }

  close(): void {
    this.#file.write('\n]}\n');
    this.#file.close();
  }

  #process(node: string): number {
    const known = this.#processes.get(node);
    if (known !== undefined) return known;
    const pid = this.#processes.size + 1;
    this.#processes.set(node, pid);
    this.#name(pid, node);
    this.#add({ ph: 'M', name: 'thread_name', pid, tid: LUA, args: { name: 'Lua' } });
    this.#add({ ph: 'M', name: 'thread_name', pid, tid: EVENTS, args: { name: 'events' } });
    return pid;
  }

  #name(pid: number, name: string): void {
    this.#add({ ph: 'M', name: 'process_name', pid, args: { name } });
  }

  #add(event: object): void {
    this.#file.write(`${this.#first ? '' : ',\n'}${JSON.stringify(event)}`);
    this.#first = false;
  }
}
