-- Tells its temperature to whoever connects, and when its door bell (pin 4) is pressed.

gpio.mode(4, gpio.INT)
gpio.trig(4, "down", function(level) print("door bell", level, tmr.now() / 1000000) end)

i2c.setup(0, 6, 5, i2c.SLOW)
i2c.start(0)
i2c.address(0, 0x68, i2c.TRANSMITTER)
i2c.write(0, 0)
i2c.start(0)
i2c.address(0, 0x68, i2c.RECEIVER)
print("register 0", i2c.read(0, 1):byte())
i2c.stop(0)

net.createServer(net.TCP):listen(8000, function(conn)
  conn:on("sent", function(c) c:close() end)
  local _, celsius, percent = dht.read(2)
  conn:send(celsius .. " C " .. percent .. " %")
end)
