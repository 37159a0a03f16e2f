-- Asks a phone for the Wi-Fi credentials when there are none. Run: mcubox test lua-examples/enduser-setup.scenario.yaml

if wifi.sta.getconfig() ~= "" then
  print("credentials are known")
  return
end

enduser_setup.start(
  function()
    print("connected as " .. wifi.sta.getip())
    local form = dofile("eus_params.lua")
    print("the form had " .. form.wifi_ssid .. " and " .. form.device_name)
  end,
  function(code, message) print("error " .. code, message) end
)
print("the portal opens")
