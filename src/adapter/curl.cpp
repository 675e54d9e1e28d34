#include "adapter/curl.hpp"

#include <algorithm>
#include <charconv>

#include "adapter/child.hpp"

namespace cachetool::adapter {
namespace {

// curl prints this after the body, with the status and a redirect's target.
constexpr std::string_view trailer_mark = "\ncachetool-http ";
constexpr std::size_t longest_trailer = 16384;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char const c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string seconds(std::chrono::milliseconds value) {
  std::string const fraction = std::to_string(value.count() % 1000 + 1000).substr(1);
  return std::to_string(value.count() / 1000) + "." + fraction;
}

// The syntax of curl's option --config.
std::string configuration(http_request const& request) {
  std::string out = "silent\nshow-error\ngloboff\n";
  auto const set = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(" = ").append(quoted(value)).append("\n");
  };
  set("url", request.url);
  set("data-binary", "@/dev/fd/3");
  set("write-out", std::string(trailer_mark) + "%{http_code} %{redirect_url}");
  set("connect-timeout", seconds(request.connect_timeout));
  set("max-time", seconds(request.timeout));
  set("header", "Content-Type: application/octet-stream");
  set("header", "Expect:");
  for (std::string const& header : request.headers) set("header", header);
  if (!request.basic_auth.empty()) {
    // Without a colon curl would ask for the password on the terminal.
    bool const has_password = request.basic_auth.find(':') != std::string::npos;
    set("user", request.basic_auth + (has_password ? "" : ":"));
  }
  if (request.allow_insecure) out += "insecure\n";
  return out;
}

// Passes on everything except the last bytes, which may hold the trailer.
class body_splitter {
 public:
  explicit body_splitter(std::function<void(std::string_view)> const& sink) : sink_(sink) {}

  void feed(std::string_view data) {
    held_ += data;
    if (held_.size() <= 2 * longest_trailer) return;
    std::size_t const done = held_.size() - longest_trailer;
    sink_(std::string_view(held_).substr(0, done));
    held_.erase(0, done);
  }

  http_response finish() {
    http_response out;
    std::size_t const at = std::min(held_.rfind(trailer_mark), held_.size());
    sink_(std::string_view(held_).substr(0, at));
    std::string_view trailer = std::string_view(held_).substr(at);
    trailer.remove_prefix(std::min(trailer_mark.size(), trailer.size()));
    auto const parsed = std::from_chars(trailer.data(), trailer.data() + trailer.size(), out.status);
    trailer.remove_prefix(static_cast<std::size_t>(parsed.ptr - trailer.data()));
    if (trailer.size() > 1) out.redirect = trailer.substr(1);
    return out;
  }

 private:
  std::function<void(std::string_view)> const& sink_;
  std::string held_;
};

// "curl: (7) Failed to connect" without curl's prefix.
std::string reason(child_result const& ended) {
  std::string_view text = ended.err;
  text = text.substr(0, text.find('\n'));
  if (text.starts_with("curl: ")) text.remove_prefix(std::min(text.find(") ") + 2, text.size()));
  return text.empty() ? "curl ended with code " + std::to_string(ended.status) : std::string(text);
}

// Source of the numbers: curl(1), "EXIT CODES".
error failure(child_result const& ended) {
  std::string const why = reason(ended);
  switch (ended.status) {
    case 1:
    case 3:
      return error(error_kind::usage, "curl does not take the URL: " + why);
    case 5:
    case 6:
    case 7:
      return error(error_kind::unreachable, why);
    case 28:
      return error(error_kind::timeout, why).advise("--timeout=SECONDS waits longer").may_have_run(true);
    case 35:
    case 51:
    case 60:
      return error(error_kind::unreachable, why)
          .advise("if you know why the certificate cannot be verified, --web-allow-insecure takes any");
    default:
      return error(error_kind::worker_died, why).may_have_run(true);
  }
}

}  // namespace

http_response post(http_request const& request, std::function<void(std::string_view)> const& sink) {
  constexpr std::chrono::seconds grace{2};  // curl watches the time itself, and says more about it
  std::string const config = configuration(request);
  child_options options;
  options.argv = {"curl", "-q", "--config", "-"};
  options.input = config;
  options.extra_input = request.body;
  options.timeout = request.timeout + grace;
  options.interrupt_fd = request.interrupt_fd;
  body_splitter splitter(sink);
  child_result const ended = run_child(options, [&](std::string_view data) { splitter.feed(data); });
  http_response const response = splitter.finish();
  if (ended.status == 0) return response;
  throw failure(ended).during(phase::receive);
}

}  // namespace cachetool::adapter
