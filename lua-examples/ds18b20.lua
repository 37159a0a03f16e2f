-- Finds the thermometers on a 1-Wire bus and reads them. Run: mcubox run lua-examples/ds18b20.lua --attach ds18b20:pin=3,temperature=21.5,serial=1 --attach ds18b20:pin=3,temperature=-4.25,serial=2

local PIN = 3

local function name(rom)
  return (rom:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

local function temperature(rom)
  ow.reset(PIN)
  ow.select(PIN, rom)
  ow.write(PIN, 0xBE, 1) -- read the scratchpad
  local data = ow.read_bytes(PIN, 9)
  if ow.crc8(data) ~= 0 then return nil end
  local raw = data:byte(1) + 256 * data:byte(2)
  if raw > 32767 then raw = raw - 65536 end
  return raw / 16
end

ow.setup(PIN)
local found = {}
local rom = ow.search(PIN)
while rom do
  found[#found + 1] = rom
  rom = ow.search(PIN)
end
print(#found .. " on the bus")

ow.reset(PIN)
ow.skip(PIN)
ow.write(PIN, 0x44, 1) -- all of them measure
tmr.create():alarm(750, tmr.ALARM_SINGLE, function()
  for _, each in ipairs(found) do print(name(each), temperature(each) .. " C") end
end)
