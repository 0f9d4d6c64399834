-- Renders one page in Splash: it asks nobody but args.origin, waits until the page has come to rest,
-- and presses the buttons that bring more. An address that cannot be judged is refused: Splash goes
-- on where a callback of ours fails. (Its sandbox has no string.match, nor methods of strings.)

function main(splash, args)
  splash.images_enabled = false
  splash.plugins_enabled = false
  splash.html5_media_enabled = false
  splash.webgl_enabled = false
  splash:set_user_agent(args.headers["User-Agent"])

  local asked, refused, waiting = 0, {}, {}

  local function is_inline(url)
    return string.find(url, "^data:") or string.find(url, "^blob:") or string.find(url, "^about:")
  end

  local function admits(url)
    local path = string.sub(url, #args.origin + 1)
    if string.sub(url, 1, #args.origin) ~= args.origin or not string.find(path, "^[/?#]") then
      return false
    end
    for _, rule in ipairs(args.rules) do
      if string.find(path, rule.pattern) then
        return rule.allowed
      end
    end
    return true
  end

  local function is_wanted(url)
    local _, last = string.find(url, "^[^?#]*")
    local _, _, ending = string.find(string.lower(string.sub(url, 1, last)), "%.(%w+)$")
    return not (ending and args.unwanted[ending])
  end

  splash:on_request(function(request)
    if is_inline(request.url) then
      return
    end
    local judged, fine = pcall(function()
      return admits(request.url) and is_wanted(request.url)
    end)
    if judged and fine and asked < args.max_requests then
      asked = asked + 1
      waiting[request.url] = true
      return
    end
    request:abort()
    if #refused < 20 then
      refused[#refused + 1] = request.url
    end
  end)
  splash:on_response(function(response)
    waiting[response.request.url] = nil
  end)

  local function length()
    local read, found = pcall(splash.evaljs, splash, "document.documentElement.outerHTML.length")
    return read and found or -1
  end

  local spent = 0
  local function settle()
    local quiet, before = 0, -1
    while quiet < args.quiet_s and spent < args.settle_s do
      splash:wait(0.1)
      spent = spent + 0.1
      local now = length()
      if now == before and next(waiting) == nil then
        quiet = quiet + 0.1
      else
        quiet = 0
      end
      before = now
    end
  end

  local arrived, reason = splash:go{args.url, headers = args.headers}
  -- A frame that was refused fails the whole page, by Splash's account; the page is there.
  if not arrived and (#splash:history() == 0 or not admits(splash:url())) then
    return {failure = reason}
  end
  settle()
  local press, clicks = splash:jsfunc(args.more), 0
  while clicks < args.max_clicks and spent < args.settle_s and press(args.labels) do
    clicks = clicks + 1
    settle()
  end

  local html = splash:html()
  if #html > args.max_bytes then
    return {failure = "its HTML has " .. #html .. " bytes"}
  end
  local exchanges, version = splash:history(), splash:get_version()
  local last = exchanges[#exchanges].response
  return {
    html = html,
    url = splash:url(),
    http_status = last.status,
    headers = last.headers,
    requests = asked,
    refused = table.concat(refused, "\n"),
    is_cut = spent >= args.settle_s or clicks >= args.max_clicks or asked >= args.max_requests,
    engine = "Splash " .. version.splash .. ", WebKit " .. version.webkit,
  }
end
