import t from 'tap';
import type { Firmware } from '../../runtime/device/index.ts';
import { Esp } from '../helpers/esp.ts';

const era = (firmware: Firmware, files: Readonly<Record<string, string>> = {}) =>
  new Esp({ profile: { firmware }, files });

t.test('names come and go with the releases', async (t) => {
  const has = (firmware: Firmware, names: readonly string[]) =>
    era(firmware)
      .lua(...names.map((name) => `print("${name}", ${name} ~= nil)`))
      .filter((line) => line.endsWith('true'))
      .map((line) => line.split('\t')[0]);
  const names = [
    'tmr.alarm',
    'tmr.ccount',
    'wifi.sta.eventMonReg',
    'wifi.sta.clearconfig',
    'file.stat',
    'file.getcontents',
    'node.random',
    'node.LFS',
    'node.setonerror',
    'node.egc.meminfo',
    'crypto.toHex',
    'crypto.toBase64',
    'uart.getconfig',
    'uart.fifodepth',
    'net.createUDPSocket',
    'net.ping',
    'sjson',
    'pipe',
    'wifi.eventmon.WIFI_MODE_CHANGED',
  ];
  t.same(has('1.5', names), ['tmr.alarm', 'wifi.sta.eventMonReg', 'crypto.toHex', 'crypto.toBase64']);
  t.same(has('2.2', names), [
    'tmr.alarm',
    'wifi.sta.clearconfig',
    'file.stat',
    'node.random',
    'node.egc.meminfo',
    'crypto.toHex',
    'crypto.toBase64',
    'uart.getconfig',
    'net.createUDPSocket',
    'sjson',
    'wifi.eventmon.WIFI_MODE_CHANGED',
  ]);
  t.same(
    has('3.0', names),
    names.filter((name) => !/alarm|eventMonReg|crypto/.test(name)),
  );
});

t.test('built-in modules are romtables before 2020', async (t) => {
  t.same(era('2.2').lua('print(type(net), type(tmr.now), type(print), type({}))'), [
    'romtable\tlightfunction\tlightfunction\ttable',
  ]);
  t.same(era('3.0').lua('print(type(net), type(tmr.now))'), ['table\tfunction']);
});

t.test('crypto had two functions of the encoder', async (t) => {
  t.same(era('2.2').lua('print(crypto.toHex("\\1\\255"), crypto.toBase64("Man"))'), ['01ff\tTWFu']);
});

t.test('the function of gpio.trig gets the level, later time and count too', async (t) => {
  const script = 'gpio.mode(1, gpio.INT) gpio.trig(1, "both", function(...) print(select("#", ...)) end)';
  for (const [firmware, count] of [
    ['1.5', '1'],
    ['2.2', '3'],
    ['3.0', '3'],
  ] as const) {
    const esp = era(firmware);
    esp.lua(script);
    esp.device.gpio.setExternal(1, 0);
    t.equal(esp.run(1).lines()[0], count, firmware);
  }
});

t.test('rtctime.get returns two values in 1.5', async (t) => {
  for (const [firmware, count] of [
    ['1.5', '2'],
    ['2.2', '3'],
    ['3.0', '3'],
  ] as const)
    t.same(era(firmware).lua('print(select("#", rtctime.get()))'), [count], firmware);
});

t.test('the bare functions of file work on the last opened one in every release', async (t) => {
  for (const firmware of ['1.5', '2.2', '3.0'] as const) {
    const esp = era(firmware, { 'config.txt': 'ssid\npassword\n' });
    t.same(
      esp.lua(
        'if file.open("config.txt", "r") then local l = file.readline() print((l:gsub("\\n", ""))) file.close() end',
        'file.open("log", "a+") file.writeline("one") file.write("two") file.close()',
        'file.open("log") print(file.read()) print(type(file.open("none"))) file.close()',
      ),
      ['ssid', 'one', 'two', 'nil'],
      firmware,
    );
  }
});

t.test('the end of a file is nothing in 1.5 and nil later; a line has 256 bytes at most', async (t) => {
  const files = { long: `${'x'.repeat(300)}\n`, empty: '' };
  t.same(
    era('1.5', files).lua(
      'file.open("empty") print(select("#", file.read())) file.open("long") print(#file.readline())',
    ),
    ['0', '256'],
  );
  t.same(
    era('2.2', files).lua(
      'file.open("empty") print(select("#", file.read())) file.open("long") print(#file.readline())',
    ),
    ['1', '301'],
  );
  t.same(era('2.2', files).lua('file.open("long") print(#file.read(0))'), ['301']);
  t.same(era('3.0', files).lua('file.open("long") print(#file.read(0))'), ['0']);
});

t.test('node.info tells the release, without a note before 2020', async (t) => {
  t.match(era('1.5').lua('print(node.info())'), [/^1\t5\t4\t1193046\t/]);
  t.match(era('2.2').lua('print(node.info())'), [/^2\t2\t1\t1193046\t/]);
  t.match(era('3.0').lua('print(node.info())')[0], /^Warning, deprecated API!/);
  t.equal(era('2.2').error('node.dsleep(0, 5)'), 'wrong arg range');
});
