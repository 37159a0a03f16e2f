/** Writes down what crosses the network and what the program does: captures and traces, with causes where they are shown. */
import { FrameCauses, type World } from '../runtime/index.ts';
import type { CaptureFile } from './capture.ts';
import type { TraceFile } from './trace-file.ts';

/** Starts writing; call before anything happens in the world. */
export function observe(world: World, capture: CaptureFile | undefined, trace: TraceFile | undefined): void {
  if (capture === undefined && trace === undefined) return;
  const causes = new FrameCauses();
  if (trace !== undefined || capture?.comments === true) {
    world.trace.following = true;
    world.trace.listen((event) => {
      causes.onEvent(event);
      trace?.event(event, causes.wokenBy(event.cause?.waker));
    });
  }
  let count = 0;
  world.lan.tap((at, frame) => {
    const index = count++;
    const cause = world.trace.following ? causes.take(frame, index) : undefined;
    trace?.frame(at, frame, index, cause);
    const woken = typeof cause?.wokenBy === 'number' ? `frame ${cause.wokenBy + 1}` : cause?.wokenBy;
    capture?.frame(at, frame, cause === undefined ? undefined : `${cause.device} ${cause.line}, woken by ${woken}`);
  });
}
