import t from 'tap';
import { type LinkHandler, SILENT, us, VirtualClock } from '../../runtime/core/index.ts';
import { Cpu } from '../../runtime/device/cpu.ts';
import { CpuLink } from '../../runtime/device/cpu-link.ts';

function make(passesBy?: (frame: Uint8Array) => boolean, trace = SILENT) {
  const clock = new VirtualClock();
  const cpu = new Cpu({ clock, instructionUs: 0, onAbort: () => {}, onEndless: () => {}, runTask: () => false });
  const sent: string[] = [];
  const seen: string[] = [];
  let handler: LinkHandler | undefined;
  const link = new CpuLink(
    cpu,
    clock,
    {
      hwaddr: Uint8Array.of(1, 2, 3, 4, 5, 6),
      up: true,
      send: (frame) => sent.push(`${frame[0]}@${clock.now()}`),
      attach: (h) => {
        handler = h;
      },
    },
    trace,
  );
  link.attach({
    ...(passesBy && { passesBy }),
    onFrame: (frame) => seen.push(`${frame[0]}@${clock.now()}`),
    onLinkChange: (up) => seen.push(`${up}@${clock.now()}`),
  });
  const arrive = (n: number) => handler?.onFrame(Uint8Array.of(n));
  return { clock, cpu, link, sent, seen, arrive, handler: () => handler };
}

t.test('frames leave at the device time of their sending, in order', async (t) => {
  const { clock, cpu, link, sent } = make();
  cpu.run(() => {
    link.send(Uint8Array.of(1));
    cpu.spend(us(10));
    link.send(Uint8Array.of(2));
    cpu.spend(us(10));
    link.send(Uint8Array.of(3));
  });
  t.same(sent, ['1@0']);
  clock.runUntil(us(50));
  t.same(sent, ['1@0', '2@10', '3@20']);
});

t.test('arriving frames and link changes wait for the CPU', async (t) => {
  const { clock, cpu, seen, arrive, handler } = make();
  cpu.run(() => cpu.spend(us(100)));
  clock.runUntil(us(5));
  arrive(7);
  handler()?.onLinkChange(false);
  clock.runUntil(us(200));
  t.same(seen, ['7@100', 'false@100']);
});

t.test('a frame that passes the program by needs no turn of a free CPU, and waits for a busy one', async (t) => {
  const turns: unknown[] = [];
  const { clock, cpu, seen, arrive } = make((frame) => (frame[0] ?? 0) < 5);
  const { run } = cpu;
  cpu.run = (event, waker) => {
    turns.push(waker);
    run.call(cpu, event, waker);
  };
  arrive(1);
  arrive(7);
  t.same(seen, ['1@0', '7@0']);
  t.same(turns, [Uint8Array.of(7)]);
  cpu.run(() => cpu.spend(us(100)));
  arrive(2);
  arrive(8);
  arrive(3);
  clock.runUntil(us(200));
  t.same(seen.slice(2), ['2@100', '8@100', '3@100'], 'in order of arrival');
});

t.test('while causes are followed every frame has its turn, so that what it causes is known', async (t) => {
  const wakers: unknown[] = [];
  const { cpu, arrive, link } = make(() => true, { ...SILENT, following: true });
  link.attach({ onFrame: () => wakers.push(cpu.waker), onLinkChange: () => {}, passesBy: () => true });
  arrive(1);
  t.same(wakers, [Uint8Array.of(1)]);
});

t.test('after a reset nothing of the old boot is sent or heard', async (t) => {
  const { clock, cpu, link, sent, seen, arrive } = make();
  cpu.run(() => {
    cpu.spend(us(10));
    link.send(Uint8Array.of(1));
  });
  link.detach();
  arrive(2);
  clock.runUntil(us(50));
  t.same([...sent, ...seen], []);
  t.ok(link.up);
  t.equal(link.hwaddr.length, 6);
});
