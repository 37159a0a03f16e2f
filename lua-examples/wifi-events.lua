-- Prints what happens to the station: a wrong name, then the right one, then a disconnect. Run: mcubox run lua-examples/wifi-events.lua --ap home,password=secret123 --blank-wifi

local reasons = {}
for name, number in pairs(wifi.eventmon.reason) do reasons[number] = name end

wifi.eventmon.register(wifi.eventmon.STA_CONNECTED, function(t)
  print("connected to " .. t.SSID .. " on channel " .. t.channel)
end)

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(t)
  print("got " .. t.IP .. ", status " .. wifi.sta.status())
  tmr.create():alarm(1000, tmr.ALARM_SINGLE, function() wifi.sta.disconnect() end)
end)

wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, function(t)
  print("no more, or not yet, in " .. t.SSID .. ": " .. reasons[t.reason])
  if t.reason == wifi.eventmon.reason.NO_AP_FOUND then
    wifi.sta.config({ ssid = "home", pwd = "secret123" })
  end
end)

wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "elsewhere", pwd = "secret123" })
