-- Throttles a fast sender with hold and unhold, so slow work never drowns. Run: mcubox run lua-examples/hold-unhold.lua

local total, pieces, held = 0, 0, 0

local function finished()
  print(string.format("%d bytes in %d pieces, %s", total, pieces, held > 5 and "held back many times" or "never held back"))
end

local function download()
  local sock = net.createConnection()
  sock:on("connection", function(s)
    s:send("GET /bytes/30000 HTTP/1.0\r\nHost: http.test\r\n\r\n")
  end)
  sock:on("receive", function(s, data)
    total, pieces = total + #data, pieces + 1
    if pieces % 2 == 0 then
      -- What is already under way still arrives; then the sender has to wait.
      s:hold()
      held = held + 1
      tmr.create():alarm(200, tmr.ALARM_SINGLE, function() s:unhold() end)
    end
  end)
  sock:on("disconnection", finished)
  sock:connect(80, "http.test")
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, download)
