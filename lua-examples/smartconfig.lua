-- Waits for a phone's app to tell the credentials. Run: mcubox test lua-examples/smartconfig.scenario.yaml

wifi.setmode(wifi.STATION)
wifi.startsmart(0, function(ssid, password)
  print("the app told the password of " .. ssid .. ", " .. #password .. " characters")
end)
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(t) print("online as " .. t.IP) end)
print("waiting for the app")
