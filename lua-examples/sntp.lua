-- Sets the clock from a time server, then reads it as a date. Run: mcubox run lua-examples/sntp.lua

local function report()
  local now = rtctime.epoch2cal(rtctime.get())
  print(string.format("%04d-%02d-%02d %02d:%02d UTC", now.year, now.mon, now.day, now.hour, now.min))
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  print("before: " .. rtctime.get())
  sntp.sync("ntp.test", function(sec, usec, server, info)
    print("synchronized by " .. server .. ", stratum " .. info.stratum)
    report()
    -- The clock goes on by itself.
    tmr.create():alarm(60000, tmr.ALARM_SINGLE, report)
  end, function(code, message)
    print("no time, error " .. code, message)
  end)
end)
wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
