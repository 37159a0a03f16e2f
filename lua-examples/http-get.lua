-- Joins Wi-Fi and fetches a page over a TCP socket. Run: mcubox run lua-examples/http-get.lua

local HOST = "http.test"

local function get(path)
  local sock = net.createConnection()
  sock:on("dns", function(_, ip) print(HOST .. " is " .. (ip or "unknown")) end)
  sock:on("connection", function(s)
    s:send("GET " .. path .. " HTTP/1.1\r\nHost: " .. HOST .. "\r\nConnection: close\r\n\r\n")
  end)
  sock:on("receive", function(_, data) print(data) end)
  sock:on("disconnection", function(_, code) print("closed, code " .. code) end)
  sock:connect(80, HOST)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(t)
  print("my address is " .. t.IP)
  get("/get?from=nodemcu")
end)

wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
