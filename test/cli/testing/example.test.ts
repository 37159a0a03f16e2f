/** How a project tests its script with node:test and `mcubox/testing`; outside this repository the import is by that name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { world } from '../../../cli/testing/index.ts';

const LAMP = `
gpio.mode(1, gpio.OUTPUT)
local server = net.createServer(30)
server:listen(80, function(conn)
  conn:on("receive", function(c, request)
    gpio.write(1, request:find("POST /on") and 1 or 0)
    c:send("HTTP/1.0 204 No Content\\r\\n\\r\\n")
  end)
  conn:on("sent", function(c) c:close() end)
end)
print("lamp ready")
`;

test('the lamp goes on, also on a bad network', () => {
  const net = world({ seed: 7, accessPoints: [{ ssid: 'home', password: 'secret123' }] });
  const lamp = net.device({ name: 'lamp', files: { 'lamp.lua': LAMP }, run: 'lamp.lua' });
  lamp.waitSerial('lamp ready');
  const address = lamp.waitAddress();
  net.fault({ effect: 'drop', probability: 0.1 });
  const reply = net.host().http(address, { method: 'POST', path: '/on' });
  assert.equal(reply.status, 204);
  lamp.expectPin(1, 1);
});
