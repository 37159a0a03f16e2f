import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  type DhcpOptions,
  dhcpOptionsLength,
  emitDhcpOptions,
  parseDhcpOptions,
} from '../../runtime/wire/dhcp-options.ts';
import { bytes } from '../helpers/bytes.ts';
import { arbDhcpOptions } from '../helpers/dhcp.ts';

const RUNS = { seed: 1, numRuns: 400 };
const NONE: DhcpOptions = { other: new Map() };

/** Written into a dirty buffer with some bytes to spare. */
function emitted(options: DhcpOptions, spare = 0): Uint8Array {
  const out = new Uint8Array(dhcpOptionsLength(options) + spare).fill(0xa5);
  emitDhcpOptions(out, options);
  return out;
}

t.test('what is emitted parses to the same options, and every byte is written', async () => {
  fc.assert(
    fc.property(arbDhcpOptions, fc.nat(20), (options, spare) => {
      const out = emitted(options, spare);
      assert.deepStrictEqual(parseDhcpOptions(out), options);
      assert.ok(out.subarray(out.length - spare).every((b) => b === 0));
      assert.equal(out[out.length - spare - 1], 255);
    }),
    RUNS,
  );
});

t.test('random and damaged lists never throw', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400, size: 'max' }), (noise) => {
      parseDhcpOptions(noise);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(arbDhcpOptions, fc.nat(), fc.nat(255), (options, at, byte) => {
      const out = emitted(options);
      out[at % out.length] = byte;
      parseDhcpOptions(out);
    }),
    RUNS,
  );
});

t.test('a list cut at any length keeps the options before the cut', async (t) => {
  const list = bytes('35 01 05  33 04 00000e10  0c 03 657370  ff');
  for (let length = 0; length <= list.length; length++) {
    const options = parseDhcpOptions(list.subarray(0, length));
    t.equal(options.messageType, length >= 3 ? 5 : undefined);
    t.equal(options.leaseTime, length >= 9 ? 3600 : undefined);
    t.equal(options.hostName, length >= 14 ? 'esp' : undefined);
  }
});

t.test('padding may stand between options, and nothing counts behind the end', async (t) => {
  t.same(parseDhcpOptions(bytes('00 00 35 01 02 00 39 02 0240 ff 0c 01 41')), {
    ...NONE,
    messageType: 2,
    maxMessageSize: 576,
  });
  t.same(parseDhcpOptions(new Uint8Array(0)), NONE);
});

t.test('parts of one option are joined and a long one is split', async (t) => {
  t.same(parseDhcpOptions(bytes('0c 02 6162 35 01 03 0c 01 63 ff')), { ...NONE, messageType: 3, hostName: 'abc' });
  const long = new Uint8Array(300).fill(7);
  const out = emitted({ other: new Map([[43, long]]) });
  t.equal(out.length, 2 + 255 + 2 + 45 + 1);
  t.equal(out[257], 43, 'the second part');
  t.same(parseDhcpOptions(out).other.get(43), long);
});

t.test('a known option of wrong length is kept raw', async (t) => {
  const options = parseDhcpOptions(bytes('33 02 0e10  06 05 0102030405  35 00 ff'));
  t.same(options, {
    other: new Map([
      [51, bytes('0e10')],
      [6, bytes('0102030405')],
      [53, new Uint8Array(0)],
    ]),
  });
});

t.test('texts lose the zeros some senders put behind them', async (t) => {
  t.equal(parseDhcpOptions(bytes('0c 05 6573700000 ff')).hostName, 'esp');
});

t.test('options go out in lwIP order: type, size, requested address, server, wishes, host name', async (t) => {
  const options: DhcpOptions = {
    hostName: 'N',
    paramList: [1],
    serverId: 0x01020304 as DhcpOptions['serverId'] & number,
    requestedIp: 0x05060708 as DhcpOptions['requestedIp'] & number,
    maxMessageSize: 576,
    messageType: 3,
    other: new Map([[52, bytes('00')]]),
  };
  t.same(
    emitted(options),
    bytes('35 01 03  39 02 0240  32 04 05060708  36 04 01020304  37 01 01  0c 01 4e  34 01 00  ff'),
  );
});
