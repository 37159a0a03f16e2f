-- Sends datagrams to a UDP echo server and waits for them. Run: mcubox run lua-examples/udp-echo.lua

local COUNT = 3
local sent = 0

local function start(ip)
  local sock = net.createUDPSocket()
  local function send()
    sent = sent + 1
    sock:send(7, ip, "datagram " .. sent)
  end
  sock:on("receive", function(s, data, port, from)
    print(from .. ":" .. port .. " says " .. data)
    if sent < COUNT then send() else s:close() end
  end)
  send()
  print("my port is " .. sock:getaddr())
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  -- A UDP socket takes addresses only, so the name is looked up first.
  net.dns.resolve("echo.test", function(_, ip) start(ip) end)
end)
