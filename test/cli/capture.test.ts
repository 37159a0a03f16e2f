import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CaptureFile } from '../../cli/capture.ts';
import { pcapHeader, pcapRecord, us } from '../../runtime/index.ts';

t.test('a capture file is a header and a record for each frame', async (t) => {
  const path = join(t.testdir({}), 'out.pcap');
  const capture = new CaptureFile(path);
  const frame = new Uint8Array(60).fill(7);
  capture.frame(us(1_000_001), frame);
  capture.close();
  t.same(readFileSync(path), Buffer.concat([pcapHeader(), pcapRecord(us(1_000_001), frame)]));
});

t.test('many frames go to the file in large pieces', async (t) => {
  const path = join(t.testdir({}), 'out.pcap');
  const capture = new CaptureFile(path);
  const frame = new Uint8Array(1500);
  for (let i = 0; i < 500; i++) capture.frame(us(i), frame);
  t.ok(readFileSync(path).length > 500_000);
  capture.close();
  t.equal(readFileSync(path).length, 24 + 500 * 1516);
});

t.test('a place that cannot be written to throws at once', async (t) => {
  t.throws(() => new CaptureFile(join(t.testdir({}), 'no', 'such', 'dir.pcap')), {
    message: /^cannot write .*dir.pcap: no such file or directory$/,
  });
});
