-- MQTT over TLS to a broker whose certificate is verified. Run: mcubox run lua-examples/mqtts.lua

local client = mqtt.Client("lamp", 60)

client:on("message", function(c, topic, data)
  print("got " .. topic .. " = " .. data)
  c:close()
end)
client:on("offline", function() print("offline") end)

local function connected(c)
  print("connected")
  c:subscribe("house/lamp", 1, function()
    c:publish("house/lamp", "on", 1, 0, function() print("the broker has it") end)
  end)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  http.get("http://http.test/ca.pem", nil, function(_, pem)
    tls.cert.verify(function(n) return n == 1 and pem end)
    client:connect("mqtt.test", 8883, true, connected, function(_, reason) print("no connection, reason " .. reason) end)
  end)
end)

wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
