/** Every way out of the virtual network that a script might try, as one list and one script. */

/** Places that nothing may ever reach: literals in each notation that some resolver takes, and names for them. */
export const FORBIDDEN = [
  // The loopback, as it is and in other notations.
  '127.0.0.1',
  '127.1.2.3',
  '2130706433',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '0x7f000001',
  '127.1',
  'localhost',
  'localhost.localdomain',
  'ip6-localhost',
  // IPv6, and IPv4 inside of it.
  '::1',
  '[::1]',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '0:0:0:0:0:ffff:10.0.0.1',
  'fe80::1',
  // Metadata services of clouds, and everything link-local.
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '169.254.1.1',
  // Private and shared networks, also those of containers.
  '10.0.0.1',
  '10.255.255.254',
  '172.16.0.1',
  '172.17.0.1',
  '172.31.255.254',
  '192.168.0.1',
  '192.168.77.1',
  '192.168.122.1',
  '100.64.0.1',
  '012.0.0.1',
  // This host on this network, broadcast, multicast, reserved.
  '0.0.0.0',
  '0.0.0.1',
  '0',
  '255.255.255.255',
  '192.168.77.255',
  '224.0.0.1',
  '224.0.0.251',
  '239.255.255.250',
  '240.0.0.1',
  // Benchmarks, documentation, protocol assignments.
  '198.18.0.1',
  '192.0.2.1',
  '192.0.0.8',
] as const;

/** This computer's loopback by its names in the virtual network: only where a gateway is wanted without limits. */
export const HOST_PLACES = ['host.mcubox.test', '192.168.1.1'] as const;
/** A place of the Internet. */
export const PUBLIC = '93.184.216.34';

/** Virtual seconds until {@link attempts} has said "tried" and nothing is repeated any more. */
export const attemptSeconds = (places: readonly string[]): number => 0.1 * places.length + 20;

/** TCP, UDP, ping and a lookup, at each place; prints what got an answer, and "tried" at the end. */
export const attempts = (places: readonly string[]): string => `
local places, kept = { ${places.map((place) => `"${place}"`).join(', ')} }, {}
local function reached(how, place) print("REACHED " .. how .. " " .. place) end
local function try(place)
  local c = net.createConnection()
  kept[#kept + 1] = c
  c:on("connection", function() reached("tcp", place) end)
  c:on("receive", function() reached("tcp data", place) end)
  pcall(c.connect, c, 80, place)
  local u = net.createUDPSocket()
  kept[#kept + 1] = u
  u:on("receive", function() reached("udp", place) end)
  for _, port in ipairs { 53, 67, 1900 } do pcall(u.send, u, port, place, "x") end
  pcall(net.ping, place, 1, function(bytes) if bytes > 0 then reached("ping", place) end end)
  pcall(net.dns.resolve, place, function() end)
end
local timer = tmr.create()
timer:alarm(100, tmr.ALARM_AUTO, function()
  local place = table.remove(places, 1)
  if place then try(place) else timer:unregister() tmr.create():alarm(15000, tmr.ALARM_SINGLE, function() print("tried") end) end
end)`;
