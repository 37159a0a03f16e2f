-- Opens a door for a known card. Run: mcubox run lua-examples/card-reader.lua --attach wiegand:d0=1,d1=2,card=1193046,at=2s --attach led:pin=5 --for 10s
local LOCK = 5
local known = { [0x123456] = "Ada" }

gpio.mode(LOCK, gpio.OUTPUT)
gpio.write(LOCK, gpio.LOW)

reader = wiegand.create(1, 2, function(card, bits)
  local name = bits == 26 and known[card]
  print(name and "welcome, " .. name or "unknown card")
  if not name then return end
  gpio.write(LOCK, gpio.HIGH)
  tmr.create():alarm(3000, tmr.ALARM_SINGLE, function() gpio.write(LOCK, gpio.LOW) end)
end)
