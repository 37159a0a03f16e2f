-- Sends a mail by hand over a socket, line by line. Run: mcubox run lua-examples/smtp.lua

local lines = {
  "EHLO lamp",
  "MAIL FROM:<lamp@house.test>",
  "RCPT TO:<me@house.test>",
  "DATA",
  "Subject: the lamp is on\r\n\r\nSince now.\r\n.",
  "QUIT",
}

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  local n = 0
  local socket = net.createConnection()
  socket:on("receive", function(s, answer)
    print((answer:gsub("[\r\n]+$", ""):gsub("^.*\n", "")))
    n = n + 1
    if lines[n] ~= nil then s:send(lines[n] .. "\r\n") end
  end)
  socket:on("disconnection", function() print("done") end)
  socket:connect(25, "smtp.test")
end)
wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
