-- Talks to an MQTT broker: will, subscription, messages of all three qualities, a clean end. Run: mcubox run lua-examples/mqtt.lua

local TOPIC = "house/lamp"

local client = mqtt.Client("lamp", 60)
client:lwt("house/status", "lamp is gone", 1, 1)

local function publishAll(c)
  c:publish(TOPIC .. "/state", "off", 0, 0, function()
    print("QoS 0: handed to the network")
    c:publish(TOPIC .. "/state", "on", 1, 1, function()
      print("QoS 1: the broker has it")
      c:publish(TOPIC .. "/power", "11 W", 2, 0, function()
        print("QoS 2: the broker has it exactly once")
        tmr.create():alarm(1000, tmr.ALARM_SINGLE, function() c:close() end)
      end)
    end)
  end)
end

client:on("connect", function(c)
  print("connected")
  c:subscribe({ [TOPIC .. "/#"] = 2 }, function()
    print("subscribed")
    publishAll(c)
  end)
end)
client:on("message", function(_, topic, data) print("got " .. topic .. " = " .. (data or "nothing")) end)
client:on("connfail", function(_, reason) print("no connection, reason " .. reason) end)
client:on("offline", function() print("offline") end)

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() client:connect("mqtt.test", 1883) end)
wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
