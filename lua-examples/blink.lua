-- Blinks a LED with a repeating timer and stops by itself. Run: mcubox run lua-examples/blink.lua

local LED = 4 -- GPIO2, the blue LED of most boards; low is on
local blinks = 0

gpio.mode(LED, gpio.OUTPUT)
gpio.write(LED, gpio.HIGH)

tmr.create():alarm(500, tmr.ALARM_AUTO, function(t)
  local on = gpio.read(LED) == gpio.HIGH
  gpio.write(LED, on and gpio.LOW or gpio.HIGH)
  print(tmr.time() .. " s", on and "on" or "off")
  if not on then blinks = blinks + 1 end
  if blinks == 3 then t:unregister() end
end)
