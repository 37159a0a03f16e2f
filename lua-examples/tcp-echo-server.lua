-- A TCP echo server on port 2323 for several clients at once. Run: mcubox run lua-examples/tcp-echo-server.lua

local server = net.createServer(60)
server:listen(2323, function(conn)
  local port, ip = conn:getpeer()
  local name = ip .. ":" .. port
  local bytes = 0
  print("connected    " .. name)
  conn:on("receive", function(c, data)
    bytes = bytes + #data
    c:send(data)
  end)
  conn:on("disconnection", function(_, code)
    print("disconnected " .. name .. " after " .. bytes .. " bytes, code " .. code)
  end)
end)
print("echo server on port " .. server:getaddr())
