-- Looks names up one after the other, one of them unknown. Run: mcubox run lua-examples/dns-lookup.lua

local names = { "http.test", "echo.test", "192.168.1.1", "no-such-name.test" }

local function lookup(i)
  local name = names[i]
  if not name then return end
  local start = tmr.now()
  net.dns.resolve(name, function(_, ip)
    -- The firmware ignores "no such name" answers and gives up after 6 to 7 seconds.
    local seconds = (tmr.now() - start) / 1000000
    print(name, ip or "not found", seconds < 1 and "at once" or string.format("after %.0f s", seconds))
    node.task.post(function() lookup(i + 1) end)
  end)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  print("name server", net.dns.getdnsserver(0))
  lookup(1)
end)
