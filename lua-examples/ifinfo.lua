-- Shows what the station's interface knows of itself. Run: mcubox run lua-examples/ifinfo.lua

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  local info = net.ifinfo(0)
  local mac = info.hwaddr:gsub(".", function(c) return string.format(":%02x", c:byte()) end):sub(2)
  print("address", info.ip)
  print("netmask", info.netmask)
  print("gateway", info.gateway)
  print("hardware", mac)
  print("DHCP server", info.dhcp.server_ip)
  print("name server", net.dns.getdnsserver(0))
  print("interfaces", net.ifinfo(1) and "station and access point" or "station", net.ifinfo(2))
end)
