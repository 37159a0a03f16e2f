-- Talks to a WebSocket echo server and closes. Run: mcubox run lua-examples/websocket.lua

local ws = websocket.createClient()

ws:on("connection", function(self)
  print("connected")
  self:send("hello")
end)
ws:on("receive", function(self, message, opcode)
  print("got " .. #message .. " bytes, opcode " .. opcode)
  if message == "hello" then
    -- One message at a time: this one waits until the first is acknowledged.
    tmr.create():alarm(100, tmr.ALARM_SINGLE, function() self:send("\1\2\3", 2) end)
  else
    self:close()
  end
end)
ws:on("close", function(_, code)
  -- The server closes TCP right behind its close frame, for which the firmware has -99.
  print("closed, code " .. code)
end)

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() ws:connect("ws://ws.test/") end)
wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
