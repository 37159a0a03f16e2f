-- Lets a red dot run along a strip of LEDs. Run: mcubox run lua-examples/ws2812.lua --attach ws2812:leds=5

local LEDS = 5
local strip = pixbuf.newBuffer(LEDS, 3)
local left = 8

ws2812.init()
strip:fill(0, 0, 0)
strip:set(1, 0, 255, 0) -- green, red, blue
ws2812.write(strip)

tmr.create():alarm(100, tmr.ALARM_AUTO, function(t)
  strip:shift(1, pixbuf.SHIFT_CIRCULAR)
  ws2812.write(strip)
  print(tostring(strip))
  left = left - 1
  if left == 0 then t:unregister() end
end)
