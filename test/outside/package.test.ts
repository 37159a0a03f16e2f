/**
 * The package as a stranger gets it: installed into an empty project, imported with types, and run by the recipe of the
 * README as a plain shell script. MCUBOX_PACKAGE names the file that `npm pack` has written.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';

const PACKAGE = process.env.MCUBOX_PACKAGE;
const skip = PACKAGE === undefined ? 'MCUBOX_PACKAGE=FILE is not set: what npm pack wrote' : false;
const ROOT = resolve(import.meta.dirname, '../..');

const SERVER = `srv = net.createServer(30)
srv:listen(80, function(c)
  c:on("receive", function(c, r) c:send("HTTP/1.0 200 OK\\r\\n\\r\\n" .. #r) end)
  c:on("sent", function(c) c:close() end)
end)`;
const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device } from 'mcubox';
import { NODEMCU_MODULES } from 'mcubox/bindings';
import { type TestDevice, Unmet, world } from 'mcubox/testing';
test('the server answers', () => {
  const net = world({ seed: 3 });
  const esp: TestDevice = net.device({ files: { 'server.lua': ${JSON.stringify(SERVER)} }, run: 'server.lua' });
  const device: Device = esp.device;
  const reply = net.host().http(esp.waitAddress(), { path: '/lamp' });
  assert.equal(reply.status, 200);
  assert.ok(device.freeHeap > 10_000 && NODEMCU_MODULES.length > 10);
  assert.throws(() => esp.waitSerial('never', '1s'), Unmet);
  // @ts-expect-error A status is a number.
  const text: string = reply.status;
  assert.ok(text);
});`;
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023'],
    module: 'NodeNext',
    strict: true,
    skipLibCheck: true,
    outDir: 'out',
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  },
  include: ['lamp.test.ts'],
};
const RECIPE = `npx mcubox test tests --reporter junit=junit.xml --save-capsule capsules --coverage`;

t.test('an empty project installs it, compiles against it and runs its tests', { skip }, async (t) => {
  const dir = t.testdir({
    'package.json': '{ "name": "lamp", "version": "1.0.0", "type": "module" }',
    'lamp.test.ts': TEST,
    'tsconfig.json': JSON.stringify(TSCONFIG),
    tests: {
      'server.lua': SERVER,
      'server.scenario.yaml': 'steps:\n  - http: { expect: { status: 200, contains: "/[0-9]+/" } }\n',
    },
  });
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: dir, encoding: 'utf8', env: { ...process.env, GITHUB_ACTIONS: 'true' } });
  run('npm', 'install', '--save-dev', '--ignore-scripts', '--prefer-offline', '--no-audit', resolve(PACKAGE ?? ''));
  run(process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.');
  t.match(run(process.execPath, '--test', 'out/'), /^# pass 1$/m);
  t.match(run('sh', '-ec', RECIPE), /^# 1 passed, 0 failed$/m);
  t.match(readFileSync(join(dir, 'junit.xml'), 'utf8'), 'failures="0"');
  t.match(readFileSync(join(dir, 'coverage/lcov.info'), 'utf8'), 'SF:tests/server.lua');
  t.notOk(existsSync(join(dir, 'capsules')), 'nothing failed');
});
