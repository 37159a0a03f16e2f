-- Asks the kitchen every five seconds how warm it is.

wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, function(t) print("lost the network", t.reason) end)

tmr.create():alarm(5000, tmr.ALARM_AUTO, function()
  local conn = net.createConnection(net.TCP)
  conn:on("receive", function(_, text) print("kitchen says", text) end)
  conn:connect(8000, "192.168.1.50")
end)
