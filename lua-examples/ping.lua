-- Pings a host and prints statistics, then pings an address where nobody is. Run: mcubox run lua-examples/ping.lua

local function ping(host, count, done)
  print("PING " .. host)
  net.ping(host, count, function(bytes, ip, seq, rtt)
    if bytes > 0 then
      print(string.format("%d bytes from %s: seq=%d time=%d ms", bytes, ip, seq, rtt))
    else
      print("no answer from " .. ip)
    end
  end, function(ip, total, timeouts)
    print(string.format("%s: %d sent, %d received, %d%% lost", ip, total, total - timeouts, 100 * timeouts / total))
    if done then done() end
  end)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  ping("http.test", 4, function()
    -- Not inside the callback: a new ping may start when this one is finished.
    node.task.post(function() ping("192.168.1.99", 2) end)
  end)
end)
