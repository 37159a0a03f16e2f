-- A web server that counts its visitors; closes from the sent callback. Run: mcubox run lua-examples/http-server.lua

local visits = 0

local function page(path)
  if path == "/" then
    visits = visits + 1
    return "200 OK", "<h1>Hello from NodeMCU</h1><p>Visitor " .. visits .. "</p>"
  end
  return "404 Not Found", "<h1>No such page</h1>"
end

local server = net.createServer(30)
server:listen(80, function(conn)
  conn:on("receive", function(c, request)
    local method, path = request:match("^(%u+) (%S+)")
    print(method, path)
    local status, body = page(path)
    c:send("HTTP/1.0 " .. status .. "\r\nContent-Type: text/html\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body)
  end)
  conn:on("sent", function(c) c:close() end)
end)
print("listening on port " .. server:getaddr())
