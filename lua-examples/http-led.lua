-- A web page with a button that switches the blue LED. Run: mcubox run lua-examples/http-led.lua

local LED = 4 -- GPIO2, the blue LED of most boards; low is on
local lit = false

gpio.mode(LED, gpio.OUTPUT)
gpio.write(LED, gpio.HIGH)

local PAGE = [[<!doctype html>
<html><head><title>NodeMCU</title><style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 3em auto; max-width: 18em; text-align: center }
i { display: inline-block; width: 56px; height: 56px; border-radius: 50%%; background: %s; border: 3px solid #8883 }
button { font: inherit; padding: .5em 1.5em; border-radius: 8px; border: 1px solid #8886; cursor: pointer }
</style></head><body>
<h1>NodeMCU</h1><p><i></i></p><p>The LED is <b>%s</b>.</p>
<form action="/led" method="post"><button name="to" value="%s">Switch %s</button></form>
</body></html>]]

local function page()
  local now, other = lit and "on" or "off", lit and "off" or "on"
  return PAGE:format(lit and "#2f81f7" or "#8882", now, other, other)
end

local function answer(method, path, request)
  if path == "/" then return "200 OK", "Content-Type: text/html", page() end
  if path == "/led" and method == "POST" then
    lit = request:match("to=(%a+)") == "on"
    gpio.write(LED, lit and gpio.LOW or gpio.HIGH)
    return "303 See Other", "Location: /", ""
  end
  return "404 Not Found", "Content-Type: text/plain", "No such page\n"
end

net.createServer(30):listen(80, function(conn)
  conn:on("receive", function(c, request)
    local method, path = request:match("^(%u+) (%S+)")
    print(method, path)
    local status, header, body = answer(method, path, request)
    c:send("HTTP/1.0 " .. status .. "\r\n" .. header .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body)
  end)
  conn:on("sent", function(c) c:close() end)
end)

print("listening on port 80")
