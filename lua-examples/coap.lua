-- A CoAP server with a variable and a function, and a client that tells another server. Run: mcubox run lua-examples/coap.lua

temperature = 21

function heat(payload)
  temperature = temperature + tonumber(payload)
  print("heated to " .. temperature)
  return "now " .. temperature
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  local server = coap.Server()
  server:listen(5683)
  server:var("temperature")
  server:func("heat")
  print("GET /v1/v/temperature, POST /v1/f/heat")

  -- Addresses only, so the name is looked up first. What the other server answers, the firmware keeps to itself.
  net.dns.resolve("coap.test", function(_, ip)
    local client = coap.Client()
    client:put(coap.CON, "coap://" .. ip .. "/store/temperature", tostring(temperature))
    print("told " .. ip)
  end)
end)
wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
