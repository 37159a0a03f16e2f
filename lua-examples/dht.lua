-- Reads a DHT22 three times. Run: mcubox run lua-examples/dht.lua --attach dht22:pin=2,temperature=23.5,humidity=45.5 --for 7s

local PIN = 2
local left = 3

tmr.create():alarm(2000, tmr.ALARM_AUTO, function(t)
  local status, temperature, humidity = dht.read(PIN)
  if status == dht.OK then
    print(tmr.time() .. " s", temperature .. " C", humidity .. " %")
  elseif status == dht.ERROR_CHECKSUM then
    print("the check sum is wrong")
  else
    print("no sensor at D" .. PIN)
  end
  left = left - 1
  if left == 0 then t:unregister() end
end)
