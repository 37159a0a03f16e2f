-- Joins a multicast group, hears it, answers, and leaves. Run: mcubox run lua-examples/multicast.lua

local GROUP, PORT = "239.1.2.3", 5007
local heard = 0

local function listen()
  local sock = net.createUDPSocket()
  sock:listen(PORT)
  sock:on("receive", function(s, data, port, ip)
    heard = heard + 1
    print("from " .. ip .. ": " .. data)
    s:send(port, ip, "heard " .. heard)
    if heard == 2 then
      net.multicastLeave("any", GROUP)
      s:close()
      print("left " .. GROUP)
    end
  end)
  net.multicastJoin("any", GROUP)
  print("joined " .. GROUP)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, listen)
