#include "browser.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace cachetool::test {
namespace {

using nlohmann::json;

constexpr char const* program = "/usr/lib/chromium/chromium";  // without Debian's script around it

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t const count = write(fd, text.data(), text.size());
    if (count <= 0) throw std::runtime_error("Chromium does not listen");
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

std::optional<std::string> browser::missing() {
  if (std::filesystem::exists(program)) return std::nullopt;
  return "Chromium is not installed (Debian: chromium)";
}

browser::pipe_ends::pipe_ends() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  read_end = ends[0];
  write_end = ends[1];
}

// Chromium reads commands from descriptor 3, and writes answers to 4.
child_options browser::plan() const {
  std::string const command = std::string("exec ") + program +
                              " --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run "
                              "--disable-background-networking --disable-component-update --disable-sync "
                              "--host-resolver-rules='MAP * ~NOTFOUND' --remote-debugging-pipe --user-data-dir=" +
                              profile_.path() + " 3<&0 4>&1 >/dev/null 2>&1 </dev/null";
  child_options out;
  out.argv = {"/bin/sh", "-c", command};
  out.environment = {"PATH=/usr/bin:/bin", "HOME=" + profile_.path()};
  out.standard_input = to_.read_end;
  out.standard_output = from_.write_end;
  return out;
}

browser::browser() : child_(plan()) {
  close(to_.read_end);
  close(from_.write_end);
  json const made = send("Target.createTarget", {{"url", "about:blank"}});
  session_ = send("Target.attachToTarget", {{"targetId", made["targetId"]}, {"flatten", true}})["sessionId"];
  for (char const* const domain : {"Page.enable", "Runtime.enable", "Log.enable", "Network.enable"}) send(domain);
}

void browser::show(std::string const& path) {
  page_ = "file://" + path;
  for (auto* const each : {&seen_, &complaints_, &requests_}) each->clear();
  send("Page.navigate", {{"url", page_}});
  wait_for("Page.loadEventFired");
}

json browser::receive() {
  for (std::size_t end = 0; (end = buffer_.find('\0')) == std::string::npos;) {
    pollfd there{from_.read_end, POLLIN, 0};
    std::array<char, 65536> bytes{};
    ssize_t const count = poll(&there, 1, 20'000) == 1 ? read(from_.read_end, bytes.data(), bytes.size()) : 0;
    if (count <= 0) throw std::runtime_error("Chromium does not answer");
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  }
  std::size_t const end = buffer_.find('\0');
  json message = json::parse(buffer_.substr(0, end));
  buffer_.erase(0, end + 1);
  return message;
}

void browser::note(json const& message) {
  std::string const event = message.value("method", "");
  json const& what = message["params"];
  seen_.push_back(event);
  if (event == "Runtime.exceptionThrown") complaints_.push_back(what["exceptionDetails"].dump());
  if (event == "Runtime.consoleAPICalled") complaints_.push_back(what["args"].dump());
  if (event == "Log.entryAdded") complaints_.push_back(what["entry"].dump());
  if (event == "Page.javascriptDialogOpening") complaints_.push_back(what.dump());
  if (event == "Network.requestWillBeSent" && what["request"]["url"] != page_) {
    requests_.push_back(what["request"]["url"]);
  }
}

void browser::wait_for(std::string const& event) {
  while (std::find(seen_.begin(), seen_.end(), event) == seen_.end()) note(receive());
}

json browser::send(std::string const& method, json parameters) {
  json message{{"id", ++last_}, {"method", method}, {"params", std::move(parameters)}};
  if (!session_.empty()) message["sessionId"] = session_;
  write_all(to_.write_end, message.dump() + '\0');
  while (true) {
    json answer = receive();
    if (answer.value("id", 0) != last_) {
      note(answer);
    } else if (answer.contains("error")) {
      throw std::runtime_error(method + ": " + answer["error"].dump());
    } else {
      return answer["result"];
    }
  }
}

json browser::evaluate(std::string const& expression) {
  json const answer =
      send("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}});
  if (answer.contains("exceptionDetails")) throw std::runtime_error(answer["exceptionDetails"].dump());
  return answer["result"].value("value", json());
}

void browser::press(std::string const& key) {
  json what{{"type", "rawKeyDown"}, {"key", key}, {"code", key}};
  send("Input.dispatchKeyEvent", what);
  what["type"] = "keyUp";
  send("Input.dispatchKeyEvent", what);
}

void browser::type(std::string const& text) {
  send("Input.insertText", {{"text", text}});
}

void browser::click(std::string const& selector, int right, int down) {
  json const corner = evaluate("(() => { const e = document.querySelector(`" + selector +
                               "`); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); "
                               "return [r.x, r.y, r.width, r.height]; })()");
  double const x = corner[0].get<double>() + (right < 0 ? corner[2].get<double>() / 2 : right);
  double const y = corner[1].get<double>() + (down < 0 ? corner[3].get<double>() / 2 : down);
  for (char const* const step : {"mouseMoved", "mousePressed", "mouseReleased"}) {
    send("Input.dispatchMouseEvent", {{"type", step}, {"x", x}, {"y", y}, {"button", "left"}, {"clickCount", 1}});
  }
}

void browser::click(std::string const& selector) {
  click(selector, -1, -1);
}

void browser::emulate(int width, int height, std::string const& colours) {
  send("Emulation.setDeviceMetricsOverride",
       {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
  send("Emulation.setEmulatedMedia",
       {{"features", json::array({{{"name", "prefers-color-scheme"}, {"value", colours}}})}});
}

}  // namespace cachetool::test
