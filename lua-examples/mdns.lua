-- Announces a name and a service: others on the network find esp-lamp.local without a server. Run: mcubox run lua-examples/mdns.lua

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(event)
  mdns.register("esp-lamp", { description = "Lamp in the hall", service = "http", port = 80, room = "hall" })
  print("esp-lamp.local is " .. event.IP)
end)
wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
