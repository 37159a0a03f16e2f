-- Receives a body larger than one frame and puts it together again. Run: mcubox run lua-examples/large-body.lua

local parts = {}

local function check()
  local head, body = table.concat(parts):match("^(.-)\r\n\r\n(.*)$")
  local length = tonumber(head:match("Content%-Length: (%d+)"))
  print(string.format("%d of %d bytes", #body, length))
  for i = 1, #body do
    -- http.test fills /bytes/N with 0, 1, 2 ... 250, 0, 1 ...
    if body:byte(i) ~= (i - 1) % 251 then
      print("byte " .. i .. " is wrong")
      return
    end
  end
  print("every byte is right")
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  local sock = net.createConnection()
  sock:on("connection", function(s)
    s:send("GET /bytes/5000 HTTP/1.0\r\nHost: http.test\r\n\r\n")
  end)
  sock:on("receive", function(_, data)
    -- One call per TCP segment, 1460 bytes at most.
    print("receive " .. #data)
    parts[#parts + 1] = data
  end)
  sock:on("disconnection", check)
  sock:connect(80, "http.test")
end)
