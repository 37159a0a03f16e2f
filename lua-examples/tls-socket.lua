-- A socket with TLS: what its events tell, and what becomes of a server that is not trusted. Run: mcubox run lua-examples/tls-socket.lua

local function talk(host, done)
  local sk = tls.createConnection()
  sk:on("dns", function(_, ip) print(host .. " is " .. (ip or "unknown")) end)
  sk:on("connection", function(s)
    print("connected to port " .. select(2, s:getpeer()))
    s:send("hello over TLS")
  end)
  sk:on("sent", function() print("sent") end)
  sk:on("receive", function(s, data)
    print("got: " .. data)
    -- Not here: closing inside of receive is told as reconnection.
    node.task.post(function() s:close() end)
  end)
  -- The function gets no socket: nil.
  sk:on("disconnection", function(s) print("disconnected", s) done() end)
  sk:on("reconnection", function(_, reason) print("failed", reason) done() end)
  -- Port 7 of tls.test says everything back.
  sk:connect(host == "tls.test" and 7 or 443, host)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  http.get("http://http.test/ca.pem", nil, function(_, pem)
    tls.cert.verify(function(n) return n == 1 and pem end)
    talk("tls.test", function()
      talk("self-signed.tls.test", function() print("done") end)
    end)
  end)
end)

wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
