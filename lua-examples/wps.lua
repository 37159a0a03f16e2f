-- Joins the network whose button is pressed. Run: mcubox test lua-examples/wps.scenario.yaml

local results = {
  [wps.FAILED] = "failed",
  [wps.TIMEOUT] = "nobody pressed a button",
  [wps.WEP] = "WEP is not supported",
  [wps.SCAN_ERR] = "no access point",
}

wps.enable()
wps.start(function(status)
  wps.disable()
  if status ~= wps.SUCCESS then print("WPS: " .. results[status]) return end
  print("WPS: the credentials of " .. wifi.sta.getconfig())
  wifi.sta.connect()
end)
print("press the button")
