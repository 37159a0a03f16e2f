/** The page of enduser_setup, unless there is an enduser_setup.html on the flash. Works without JavaScript, too. */

export const PORTAL_PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wi-Fi setup</title>
<style>
body { font: 1rem/1.5 sans-serif; max-width: 24rem; margin: 2rem auto; padding: 0 1rem }
label { display: block; margin-top: 1rem }
input { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit }
button { margin-top: 1.5rem; padding: .5rem 1.5rem; font: inherit }
</style>
</head>
<body>
<h1>Wi-Fi setup</h1>
<form method="post" action="/setwifi">
<label>Network <input name="wifi_ssid" list="networks" maxlength="31" required></label>
<datalist id="networks"></datalist>
<label>Password <input name="wifi_password" type="password" maxlength="63"></label>
<button type="submit">Connect</button>
</form>
<p id="status" role="status"></p>
<script>
function ask(path, done) {
  var request = new XMLHttpRequest();
  request.onloadend = function () { done(request.status, request.responseText); };
  request.open('GET', path);
  request.send();
}
function list() {
  ask('/aplist', function (code, text) {
    if (code !== 200) return;
    JSON.parse(text).forEach(function (network) {
      var option = document.createElement('option');
      option.value = network.ssid;
      document.getElementById('networks').appendChild(option);
    });
  });
}
function watch() {
  ask('/status', function (code, text) {
    if (code !== 200) return;
    document.getElementById('status').textContent = text;
    watch();
  });
}
if (location.search.indexOf('trying') < 0) list();
else watch();
</script>
</body>
</html>
`;
