-- Uploads 40,000 bytes in chunks, the next one from the sent callback. Run: mcubox run lua-examples/upload.lua

local SIZE, CHUNK = 40000, 1000
local sent, received = 0, 0

local function chunk()
  local n = math.min(CHUNK, SIZE - sent)
  sent = sent + n
  return string.rep("x", n)
end

local function upload()
  local sock = net.createConnection()
  sock:on("connection", function(s)
    s:send("POST /post HTTP/1.1\r\nHost: http.test\r\nConnection: close\r\nContent-Length: " .. SIZE .. "\r\n\r\n")
  end)
  sock:on("sent", function(s)
    -- One chunk in the buffer at a time: send never runs out of memory.
    if sent < SIZE then
      s:send(chunk())
      if sent % 10000 == 0 then print("sent " .. sent) end
    end
  end)
  sock:on("receive", function(_, data)
    if received == 0 then print(data:match("^[^\r]+")) end
    received = received + #data
  end)
  sock:on("disconnection", function()
    print("sent " .. sent .. " bytes, the echo has " .. (received > SIZE and "all of them" or "too few"))
  end)
  sock:connect(80, "http.test")
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, upload)
