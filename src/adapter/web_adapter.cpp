#include "adapter/web_adapter.hpp"

#include <algorithm>
#include <utility>

#include "adapter/retry.hpp"
#include "adapter/web_diagnosis.hpp"
#include "agent/web.hpp"
#include "base/random_hex.hpp"

namespace cachetool::adapter {
namespace {

constexpr int max_redirects = 5;
constexpr std::uint64_t max_body = std::uint64_t{256} << 20;

error not_followed(std::string const& to, char const* why) {
  return error(error_kind::protocol, "the web server sends to " + to + ", " + why)
      .advise("if that is the site, name it: --web-url=URL");
}

// A redirect may change the path, the port, or http to https. Another host would get the secret, and may not have the
// file.
void check_redirect(std::string const& from, std::string const& to) {
  auto const before = split_url(from);
  auto const after = split_url(to);
  if (!after) throw not_followed(to, "which is no http or https URL");
  if (before->host != after->host) throw not_followed(to, "which is another host");
  if (before->scheme == "https" && after->scheme == "http") throw not_followed(to, "which is not encrypted");
}

}  // namespace

std::optional<url_parts> split_url(std::string_view text) {
  auto const lower = [](std::string_view from) {
    std::string out(from);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return out;
  };
  std::size_t const colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  url_parts out;
  out.scheme = lower(text.substr(0, colon));
  if (out.scheme != "http" && out.scheme != "https") return std::nullopt;
  std::string_view rest = text.substr(colon + 3);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (std::size_t const at = authority.rfind('@'); at != std::string_view::npos) {
    out.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    rest.remove_prefix(at + 1);
  }
  std::size_t const host_end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  out.host = lower(authority.substr(0, host_end));
  out.rest = rest;
  if (out.host.empty()) return std::nullopt;
  return out;
}

web_adapter::web_adapter(web_options options, agent::observer& watcher)
    : options_(std::move(options)), watcher_(watcher) {
  auto parts = split_url(options_.url);
  if (!parts) {
    throw error(error_kind::usage, "\"" + options_.url + "\" is no URL of a web site")
        .advise("it begins with http:// or https://");
  }
  // A password in the URL would show in every message.
  if (options_.basic_auth.empty()) options_.basic_auth = parts->user_info;
  options_.url = parts->scheme + "://" + parts->rest;
  while (options_.url.ends_with('/')) options_.url.pop_back();
}

agent::answer web_adapter::run(agent::call const& what) {
  // A web server in front of a shared disk may not see a new file at once. The file stays the same for all attempts:
  // another name would be seen no sooner.
  constexpr std::chrono::milliseconds disk_pause{250};
  made_call made{what, agent::encode(what), base::random_hex(), {}};
  made.file.emplace(options_.path, agent::web_source(made.secret, what.operation, made.encoded.body));
  auto const again = [&](error const& failed) {
    if (failed.kind() == error_kind::not_visible) return retry_plan{options_.retries, disk_pause};
    return retry_plan{broke_in_stream_ || !may_send_again(failed, what) ? 0 : options_.retries};
  };
  return with_retries([&] { return run_once(made); }, again, *this, watcher_);
}

http_response web_adapter::post_and_follow(http_request& request, std::function<void(std::string_view)> const& sink) {
  for (int hops = 0; hops <= max_redirects; ++hops) {
    http_response response = post(request, sink);
    if (response.redirect.empty()) return response;
    check_redirect(request.url, response.redirect);
    request.url = std::move(response.redirect);
  }
  throw error(error_kind::protocol, "the web server redirects in circles, last to " + request.url);
}

agent::answer web_adapter::run_once(made_call const& made) {
  std::string const url = options_.url + "/" + made.file->name();
  watcher_.running(made.what, label(), options_.path + "/" + made.file->name());
  http_request request;
  request.url = url;
  request.headers = {"X-Cachetool-Secret: " + made.secret, "X-Cachetool-Nonce: " + made.encoded.nonce};
  if (!options_.host.empty()) request.headers.push_back("Host: " + options_.host);
  request.body = made.encoded.body;
  request.basic_auth = options_.basic_auth;
  request.allow_insecure = options_.allow_insecure;
  request.connect_timeout = options_.connect_timeout;
  request.timeout = made.what.timeout.value_or(options_.timeout);
  request.interrupt_fd = options_.interrupt_fd;

  agent::answer_reader reader(made.encoded.nonce, made.what.rows, made.what.printed);
  std::uint64_t received = 0;
  http_response response;
  try {
    response = post_and_follow(request, [&](std::string_view part) {
      received += part.size();
      if (received > max_body) throw error(error_kind::protocol, "the answer is larger than 256 MiB");
      reader.feed(part);
    });
  } catch (error const&) {
    reader.end();
    broke_in_stream_ = reader.streamed();
    throw;
  }
  if (!reader.began()) throw diagnose_web(response, reader.foreign(), request.url, options_.path).during(phase::answer);
  agent::answer answer = reader.finish();
  watcher_.answered(answer);
  return answer;
}

}  // namespace cachetool::adapter
