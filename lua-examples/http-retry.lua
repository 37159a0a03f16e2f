-- Asks a server again and again until it answers well. Run: mcubox test lua-examples/http-retry.scenario.yaml

local function ask()
  http.get("http://http.test/status/200", nil, function(code)
    print("answer " .. code)
    if code == 200 then print("at last") return end
    tmr.create():alarm(2000, tmr.ALARM_SINGLE, ask)
  end)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, ask)
wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
