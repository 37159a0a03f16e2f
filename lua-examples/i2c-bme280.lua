-- Looks who is on the I2C bus and asks a BME280 for its temperature. Run: mcubox run lua-examples/i2c-bme280.lua --attach bme280:temperature=22.5

local SDA, SCL, BME280 = 1, 2, 0x76

i2c.setup(0, SDA, SCL, i2c.SLOW)

local function write(address, ...)
  i2c.start(0)
  local there = i2c.address(0, address, i2c.TRANSMITTER)
  if there then i2c.write(0, ...) end
  i2c.stop(0)
  return there
end

local function read(address, register, count)
  write(address, register)
  i2c.start(0)
  i2c.address(0, address, i2c.RECEIVER)
  local data = i2c.read(0, count)
  i2c.stop(0)
  return data
end

for address = 8, 119 do
  if write(address, 0xD0) then print(("found 0x%02x"):format(address)) end
end
print(("it is a 0x%02x"):format(read(BME280, 0xD0, 1):byte()))

local t1, t2, t3 = struct.unpack("<Hhh", read(BME280, 0x88, 6))
write(BME280, 0xF4, 0x25) -- measure once
local high, middle, low = read(BME280, 0xFA, 3):byte(1, 3)
local raw = high * 4096 + middle * 16 + low / 16
local a = (raw / 16384 - t1 / 1024) * t2
local b = (raw / 131072 - t1 / 8192) * (raw / 131072 - t1 / 8192) * t3
print(("%.2f C"):format((a + b) / 5120))
