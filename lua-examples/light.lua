-- Measures light with two integration times and gains. Run: mcubox run lua-examples/light.lua --attach tsl2561:lux=250
local function settings(time, gain, name)
  tsl2561.settiming(time, gain)
  local lux, status = tsl2561.getlux()
  print(name, status == tsl2561.TSL2561_OK and lux .. " lux" or "failed")
end

tsl2561.init(1, 2, tsl2561.ADDRESS_FLOAT, tsl2561.PACKAGE_T_FN_CL)
settings(tsl2561.INTEGRATIONTIME_402MS, tsl2561.GAIN_1X, "slow")
settings(tsl2561.INTEGRATIONTIME_13MS, tsl2561.GAIN_16X, "fast")
